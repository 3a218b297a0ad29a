import { ConfigError, StorageError } from "@recallkit/core";
import type { Pool, PoolClient } from "pg";
import type { Connection, Connections } from "../server-engine/connection.js";
import { encodeParameters } from "../sql/parameters.js";
import { toStorageError } from "./error.js";

/** Where a PostgreSQL database is, and how it is reached. */
export interface PostgresConnection {
  /** `postgres://user:password@host:port/database`. */
  readonly url: string;
  /** Schema of all tables; it must exist, or `migrate` makes it. @default "public" */
  readonly schema?: string;
  /** Connections at once, 1 … 100. @default 10 */
  readonly maxConnections?: number;
}

const INT8 = 20;
const NUMERIC = 1700;
const SCHEMA_NAME = /^[a-z_][a-z0-9_]{0,62}$/;
const CONNECT_MS = 10_000;

/**
 * Opens a pool; no connection is made yet.
 *
 * @throws {ConfigError} `config.missing` without the package `pg`; `config.invalid` for `url`, `schema` or `maxConnections`
 */
export async function openConnections(
  options: PostgresConnection,
  observe: (sql: string, changes: number) => void,
): Promise<Connections> {
  const { url, schema = "public", maxConnections = 10 } = options;
  if (!URL.canParse(url) || !/^postgres(ql)?:$/.test(new URL(url).protocol)) {
    throw new ConfigError("config.invalid", "url", "url must be postgres://user:password@host:port/database");
  }
  if (!SCHEMA_NAME.test(schema)) {
    throw new ConfigError("config.invalid", "schema", "schema must be a lower-case name of at most 63 characters");
  }
  if (!Number.isInteger(maxConnections) || maxConnections < 1 || maxConnections > 100) {
    throw new ConfigError("config.invalid", "maxConnections", "maxConnections must be a whole number from 1 to 100");
  }
  const { Pool: PgPool, types } = await driver();
  const pool: Pool = new PgPool({
    connectionString: url,
    max: maxConnections,
    connectionTimeoutMillis: CONNECT_MS,
    // Numbers come as numbers; what does not fit is an error and no other number.
    types: {
      getTypeParser: (oid: number, format?: "text" | "binary") =>
        oid === INT8 || oid === NUMERIC ? exactNumber : types.getTypeParser(oid, format),
    },
    options: `-c search_path=${schema} -c client_encoding=UTF8 -c lock_timeout=5000 -c join_collapse_limit=1 -c idle_in_transaction_session_timeout=60000`,
  });
  // An idle connection that is lost is replaced by the pool; without a listener it would end the process.
  pool.on("error", () => {});

  return {
    async acquire() {
      const client = await pool.connect().catch((error: unknown) => {
        throw toStorageError(error);
      });
      return connectionOf(client, observe);
    },
    close: () => pool.end(),
  };
}

function connectionOf(client: PoolClient, observe: (sql: string, changes: number) => void): Connection {
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
        return (await client.query(sql)).rows;
      } catch (error) {
        throw failed(error);
      }
    },
    async run(sql, parameters = []) {
      const values = encodeParameters(parameters).map((value) => (typeof value === "bigint" ? String(value) : value));
      let changes = 0;
      try {
        const { rows, rowCount, command } = await client.query({ text: sql, values });
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
