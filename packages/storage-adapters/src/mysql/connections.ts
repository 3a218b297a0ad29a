import { ConfigError } from "@recallkit/core";
import type { Pool, PoolConnection } from "mysql2/promise";
import type { Connections } from "../server-engine/connection.js";
import { type TableNames, tableNames } from "../sql/table-names.js";
import { clientConnection } from "./client-connection.js";
import { toStorageError } from "./error.js";
import { sessionSettings } from "./session-settings.js";
import { urlOptions } from "./url-options.js";

/** Where a MySQL or MariaDB database is, and how it is reached. */
export interface MysqlConnection {
  /** `mysql://user:password@host:port/database`. */
  readonly url?: string;
  /** Instead of a URL: the application's own pool. Its connections are left as they were found; closing the stores leaves it open. */
  readonly pool?: Pool;
  /** First part of the names of all tables and indexes. @default "rk_" */
  readonly tablePrefix?: string;
  /** Connections of the pool that is made, 1 … 100. @default 10 */
  readonly maxConnections?: number;
}

const CONNECT_MS = 10_000;

/**
 * Opens a pool, or takes the caller's; no connection is made yet.
 *
 * @throws {ConfigError} `config.missing` without the package `mysql2`; `config.invalid` names the option
 */
export async function openConnections(
  options: MysqlConnection,
  observe: () => void,
): Promise<Connections & { readonly names: TableNames }> {
  const { maxConnections = 10 } = options;
  const names = tableNames({ prefix: options.tablePrefix, hasBackslashEscapes: true });
  if (!Number.isInteger(maxConnections) || maxConnections < 1 || maxConnections > 100) {
    throw new ConfigError("config.invalid", "maxConnections", "maxConnections must be a whole number from 1 to 100");
  }
  const pool = options.pool ?? (await newPool(options.url, maxConnections));
  const settings = sessionSettings();
  const kept = new WeakSet<object>();

  /** Sets up a connection. @returns what undoes it */
  async function ready(connection: PoolConnection): Promise<() => Promise<void>> {
    if (options.pool) return settings.borrow(connection);
    if (!kept.has(connection.connection)) await settings.keep(connection);
    kept.add(connection.connection);
    return async () => {};
  }

  return {
    names,
    async acquire() {
      let connection: PoolConnection | undefined;
      try {
        const taken = await pool.getConnection();
        connection = taken;
        const putBack = await ready(taken);
        return clientConnection(taken, { observe, names }, (isBroken) => {
          if (isBroken) taken.destroy();
          else
            putBack().then(
              () => taken.release(),
              () => taken.destroy(),
            );
        });
      } catch (error) {
        connection?.destroy();
        throw toStorageError(error);
      }
    },
    close: async () => {
      if (!options.pool) await pool.end();
    },
    most: options.pool ? undefined : maxConnections,
  };
}

async function newPool(url: string | undefined, connectionLimit: number): Promise<Pool> {
  const place = url !== undefined && URL.canParse(url) ? new URL(url) : undefined;
  if (!place || !/^(mysql|mariadb):$/.test(place.protocol) || place.pathname.length < 2) {
    throw new ConfigError("config.invalid", "url", "url must be mysql://user:password@host:port/database");
  }
  const { hostname, port, username, password, pathname } = place;
  const asked = urlOptions(place);
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
    ...asked,
  });
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
