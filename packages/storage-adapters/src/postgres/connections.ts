import { ConfigError } from "@recallkit/core";
import type { Pool } from "pg";
import type { Connections } from "../server-engine/connection.js";
import { type TableNames, tableNames } from "../sql/table-names.js";
import { type ClientParts, clientConnection } from "./client-connection.js";
import { toStorageError } from "./error.js";
import { checkTlsFiles } from "./tls-files.js";

/** Where a PostgreSQL database is, and how it is reached. */
export interface PostgresConnection {
  /** `postgres://user:password@host:port/database`. */
  readonly url?: string;
  /** Instead of a URL: the application's own pool. Its connections are left as they were found; closing the stores leaves it open. */
  readonly pool?: Pool;
  /** Schema of all tables; it must exist, or `migrate` makes it. @default "public" */
  readonly schema?: string;
  /** First part of the names of all tables and indexes. @default "rk_" */
  readonly tablePrefix?: string;
  /** Connections of the pool that is made, 1 … 100. @default 10 */
  readonly maxConnections?: number;
}

const SCHEMA_NAME = /^[a-z_][a-z0-9_]{0,62}$/;
const CONNECT_MS = 10_000;

/**
 * Opens a pool, or takes the caller's; no connection is made yet.
 *
 * @throws {ConfigError} `config.missing` without the package `pg`; `config.invalid` names the option
 */
export async function openConnections(
  options: PostgresConnection,
  observe: ClientParts["observe"],
): Promise<Connections & { readonly names: TableNames }> {
  const { url, schema = "public", tablePrefix, maxConnections = 10 } = options;
  if (!options.pool) assertUrl(url);
  if (!SCHEMA_NAME.test(schema)) {
    throw new ConfigError("config.invalid", "schema", "schema must be a lower-case name of at most 63 characters");
  }
  if (!Number.isInteger(maxConnections) || maxConnections < 1 || maxConnections > 100) {
    throw new ConfigError("config.invalid", "maxConnections", "maxConnections must be a whole number from 1 to 100");
  }
  const names = tableNames({ prefix: tablePrefix, schema });
  const pool = options.pool ?? (await newPool(url, maxConnections));

  return {
    names,
    async acquire() {
      const client = await pool.connect().catch((error: unknown) => {
        throw toStorageError(error);
      });
      return clientConnection(client, { observe, names }, (isBroken) => client.release(isBroken));
    },
    close: async () => {
      if (!options.pool) await pool.end();
    },
    most: options.pool ? undefined : maxConnections,
  };
}

async function newPool(connectionString: string | undefined, max: number): Promise<Pool> {
  const { Pool: PgPool } = await driver();
  if (connectionString !== undefined) await checkTlsFiles(connectionString);
  const pool = new PgPool({ connectionString, max, connectionTimeoutMillis: CONNECT_MS, keepAlive: true });
  // A connection that is lost is replaced by the pool; without a listener it would end the process. The server's last word
  // may come at any time: while it is idle, between two queries, and after it was given back as broken.
  const outliveLoss = () => {};
  pool.on("error", outliveLoss);
  pool.on("connect", (client) => client.on("error", outliveLoss));
  return pool;
}

function assertUrl(url: string | undefined): asserts url is string {
  if (url !== undefined && URL.canParse(url) && /^postgres(ql)?:$/.test(new URL(url).protocol)) return;
  throw new ConfigError("config.invalid", "url", "url must be postgres://user:password@host:port/database");
}

async function driver(): Promise<{ readonly Pool: typeof Pool }> {
  try {
    return (await import("pg")).default;
  } catch (cause) {
    throw new ConfigError("config.missing", "pg", "the package pg is not installed", {
      cause,
      hint: "npm install pg",
    });
  }
}
