import { ConfigError, StorageError } from "@recallkit/core";
import type { Pool, PoolClient } from "pg";
import type { Connection, Connections } from "../server-engine/connection.js";
import { encodeParameters } from "../sql/parameters.js";
import { tableNames } from "../sql/table-names.js";
import { toStorageError } from "./error.js";

/** Where a PostgreSQL database is, and how it is reached. */
export interface PostgresConnection {
  /** `postgres://user:password@host:port/database`. */
  readonly url?: string;
  /** Instead of a URL: a pool that nothing else uses, since every connection is set up. Closing the stores leaves it open. */
  readonly pool?: Pool;
  /** Schema of all tables; it must exist, or `migrate` makes it. @default "public" */
  readonly schema?: string;
  /** First part of the names of all tables and indexes. @default "rk_" */
  readonly tablePrefix?: string;
  /** Connections of the pool that is made, 1 … 100. @default 10 */
  readonly maxConnections?: number;
}

const INT8 = 20;
const NUMERIC = 1700;
const SCHEMA_NAME = /^[a-z_][a-z0-9_]{0,62}$/;
const CONNECT_MS = 10_000;

/** What every statement gets back: numbers as numbers, and an error for one that does not fit. */
interface Types {
  getTypeParser(oid: number, format?: "text" | "binary"): (text: string) => unknown;
}

/**
 * Opens a pool, or takes the caller's; no connection is made yet.
 *
 * @throws {ConfigError} `config.missing` without the package `pg`; `config.invalid` names the option
 */
export async function openConnections(
  options: PostgresConnection,
  observe: (sql: string, changes: number) => void,
): Promise<Connections> {
  const { url, schema = "public", maxConnections = 10 } = options;
  const named = tableNames(options.tablePrefix);
  if (!options.pool) assertUrl(url);
  if (!SCHEMA_NAME.test(schema)) {
    throw new ConfigError("config.invalid", "schema", "schema must be a lower-case name of at most 63 characters");
  }
  if (!Number.isInteger(maxConnections) || maxConnections < 1 || maxConnections > 100) {
    throw new ConfigError("config.invalid", "maxConnections", "maxConnections must be a whole number from 1 to 100");
  }
  const { Pool: PgPool, types: driverTypes } = await driver();
  const types: Types = {
    getTypeParser: (oid, format) =>
      oid === INT8 || oid === NUMERIC ? exactNumber : driverTypes.getTypeParser(oid, format),
  };
  const pool: Pool =
    options.pool ??
    new PgPool({
      connectionString: url,
      max: maxConnections,
      connectionTimeoutMillis: CONNECT_MS,
      keepAlive: true,
    });
  // A connection that is lost is replaced by the pool; without a listener it would end the process. The server's last word
  // may come at any time: while it is idle, between two queries, and after it was given back as broken.
  if (!options.pool) {
    pool.on("error", () => {});
    pool.on("connect", outliveLoss);
  }
  const prepared = new WeakSet<object>();
  const settings = `SET search_path TO ${schema}; ${SETTINGS}`;

  return {
    async acquire() {
      let client: PoolClient | undefined;
      try {
        client = await pool.connect();
        if (!prepared.has(client)) {
          if (options.pool) outliveLoss(client);
          await client.query(settings);
          prepared.add(client);
        }
        return connectionOf(client, { observe, types, named });
      } catch (error) {
        client?.release(true);
        throw toStorageError(error);
      }
    },
    close: async () => {
      if (!options.pool) await pool.end();
    },
  };
}

// Joins are written in the order in which they are to be made.
const SETTINGS = `SET client_encoding TO 'UTF8'; SET lock_timeout TO 5000; SET join_collapse_limit TO 1;
  SET idle_in_transaction_session_timeout TO 60000`;

function outliveLoss(client: PoolClient): void {
  client.on("error", () => {});
}

function assertUrl(url: string | undefined): asserts url is string {
  if (url !== undefined && URL.canParse(url) && /^postgres(ql)?:$/.test(new URL(url).protocol)) return;
  throw new ConfigError("config.invalid", "url", "url must be postgres://user:password@host:port/database");
}

function connectionOf(
  client: PoolClient,
  parts: {
    readonly observe: (sql: string, changes: number) => void;
    readonly types: Types;
    readonly named: (sql: string) => string;
  },
): Connection {
  const { observe, types, named } = parts;
  let isBroken = false;
  const abandon = () => {
    isBroken = true;
  };
  client.on("error", abandon);
  const failed = (error: unknown) => {
    const translated = toStorageError(error);
    if (translated.code === "storage.unavailable") abandon();
    return translated;
  };
  return {
    abandon,
    async control(sql) {
      try {
        return (await client.query(named(sql))).rows;
      } catch (error) {
        throw failed(error);
      }
    },
    async run(sql, parameters = []) {
      const values = encodeParameters(parameters).map((value) => (typeof value === "bigint" ? String(value) : value));
      let changes = 0;
      try {
        const { rows, rowCount, command } = await client.query({ text: named(sql), values, types });
        changes = rowCount ?? 0;
        return { rows, ...(command !== "SELECT" && { changes }) };
      } catch (error) {
        throw failed(error);
      } finally {
        observe(sql, changes);
      }
    },
    release() {
      client.off("error", abandon);
      client.release(isBroken);
    },
  };
}

function exactNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || Number.isSafeInteger(value)) return value;
  throw new StorageError("storage.value-out-of-range", "an integer beyond 2^53 - 1 was read");
}

async function driver(): Promise<{ readonly Pool: typeof Pool; readonly types: typeof import("pg").types }> {
  try {
    return (await import("pg")).default;
  } catch (cause) {
    throw new ConfigError("config.missing", "pg", "the package pg is not installed", {
      cause,
      hint: "npm install pg",
    });
  }
}
