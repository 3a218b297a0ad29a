import { ConfigError, StorageError } from "@recallkit/core";
import type { Pool, PoolConnection, ResultSetHeader, TypeCastField } from "mysql2/promise";
import type { Connection, Connections, StatementResult } from "../server-engine/connection.js";
import { encodeParameters, type SqlValue } from "../sql/parameters.js";
import { tableNames } from "../sql/table-names.js";
import { toStorageError } from "./error.js";

/** Where a MySQL or MariaDB database is, and how it is reached. */
export interface MysqlConnection {
  /** `mysql://user:password@host:port/database`. */
  readonly url?: string;
  /** Instead of a URL: a pool that nothing else uses, since every connection is set up. Closing the stores leaves it open. */
  readonly pool?: Pool;
  /** First part of the names of all tables and indexes. @default "rk_" */
  readonly tablePrefix?: string;
  /** Connections of the pool that is made, 1 … 100. @default 10 */
  readonly maxConnections?: number;
}

const CONNECT_MS = 10_000;

// Quoted names as in standard SQL, and no silent change of values. A backslash still escapes, which the driver relies on.
// At this isolation reads lock nothing unless they say so, and a write keeps no lock on rows and gaps that it passed over.
const SETTINGS = [
  "SET NAMES utf8mb4",
  "SET SESSION sql_mode = 'ANSI_QUOTES,STRICT_ALL_TABLES,ONLY_FULL_GROUP_BY,NO_ENGINE_SUBSTITUTION'",
  "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED",
  "SET SESSION innodb_lock_wait_timeout = 5",
];

/**
 * Opens a pool, or takes the caller's; no connection is made yet.
 *
 * @throws {ConfigError} `config.missing` without the package `mysql2`; `config.invalid` names the option
 */
export async function openConnections(options: MysqlConnection, observe: () => void): Promise<Connections> {
  const { maxConnections = 10 } = options;
  const named = tableNames(options.tablePrefix);
  if (!Number.isInteger(maxConnections) || maxConnections < 1 || maxConnections > 100) {
    throw new ConfigError("config.invalid", "maxConnections", "maxConnections must be a whole number from 1 to 100");
  }
  const pool = options.pool ?? (await newPool(options.url, maxConnections));
  const prepared = new WeakSet<object>();

  return {
    async acquire() {
      let connection: PoolConnection | undefined;
      try {
        connection = await pool.getConnection();
        if (!prepared.has(connection.connection)) {
          for (const setting of SETTINGS) await connection.query(setting);
          prepared.add(connection.connection);
        }
        return connectionOf(connection, observe, named);
      } catch (error) {
        connection?.destroy();
        throw toStorageError(error);
      }
    },
    close: async () => {
      if (!options.pool) await pool.end();
    },
  };
}

async function newPool(url: string | undefined, connectionLimit: number): Promise<Pool> {
  const place = url !== undefined && URL.canParse(url) ? new URL(url) : undefined;
  if (!place || !/^(mysql|mariadb):$/.test(place.protocol) || place.pathname.length < 2) {
    throw new ConfigError("config.invalid", "url", "url must be mysql://user:password@host:port/database");
  }
  const { hostname, port, username, password, pathname } = place;
  const { createPool } = await driver();
  return createPool({
    host: hostname.replace(/^\[|\]$/g, ""),
    port: port === "" ? 3306 : Number(port),
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
    database: decodeURIComponent(pathname.slice(1)),
    charset: "utf8mb4_bin",
    connectionLimit,
    connectTimeout: CONNECT_MS,
    enableKeepAlive: true,
  });
}

function connectionOf(connection: PoolConnection, observe: () => void, named: (sql: string) => string): Connection {
  let isBroken = false;
  const abandon = () => {
    isBroken = true;
  };
  async function query(sql: string, values: readonly (SqlValue | Buffer)[]) {
    try {
      const [rows] = await connection.query({ sql: named(sql), values: [...values], typeCast });
      return rows;
    } catch (error) {
      const translated = toStorageError(error);
      if (translated.code === "storage.unavailable") abandon();
      throw translated;
    }
  }
  return {
    abandon,
    async control(sql) {
      const rows = await query(sql, []);
      return Array.isArray(rows) ? records(rows) : [];
    },
    async run(sql, parameters = []) {
      try {
        return resultOf(await query(sql, boundParameters(parameters)));
      } finally {
        observe();
      }
    },
    release() {
      if (isBroken) connection.destroy();
      else connection.release();
    },
  };
}

/** What the driver gave for a statement. */
export function resultOf(given: unknown): StatementResult {
  if (Array.isArray(given)) return { rows: records(given) };
  // Whatever returns no rows gives a header.
  const { affectedRows, insertId } = given as ResultSetHeader;
  return { rows: [], changes: affectedRows, ...(insertId > 0 && { insertId }) };
}

/** Parameters as the driver takes them. */
export function boundParameters(parameters: readonly unknown[]): (SqlValue | Buffer)[] {
  return encodeParameters(parameters).map(bound);
}

/** What the driver writes into the statement: digits, quoted text or X'…'. */
function bound(value: SqlValue): SqlValue | Buffer {
  if (typeof value === "bigint") return Number(value);
  return value instanceof Uint8Array ? Buffer.from(value.buffer, value.byteOffset, value.byteLength) : value;
}

function records(rows: readonly unknown[]): readonly Record<string, unknown>[] {
  // A SELECT gives objects; arrays come only with an option that is not set.
  return rows as readonly Record<string, unknown>[];
}

/** Numbers come as numbers; what does not fit is an error and no other number. */
export function typeCast(field: TypeCastField, next: () => unknown): unknown {
  if (field.type !== "LONGLONG" && field.type !== "NEWDECIMAL" && field.type !== "DECIMAL") return next();
  const text = field.string("utf-8");
  if (text === null) return null;
  const value = Number(text);
  if (!Number.isInteger(value) || Number.isSafeInteger(value)) return value;
  throw new StorageError("storage.value-out-of-range", "an integer beyond 2^53 - 1 was read");
}

async function driver(): Promise<typeof import("mysql2/promise")> {
  try {
    return await import("mysql2/promise");
  } catch (cause) {
    throw new ConfigError("config.missing", "mysql2", "the package mysql2 is not installed", {
      cause,
      hint: "npm install mysql2",
    });
  }
}
