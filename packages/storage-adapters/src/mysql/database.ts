import { StorageError } from "@recallkit/core";
import { MysqlAdapter, MysqlIntrospector, MysqlQueryCompiler } from "kysely";
import type { HostTransactions } from "../host/host-connection.js";
import { type Connection, type Connections, closedWhenIdle } from "../server-engine/connection.js";
import {
  type Pausing,
  type ServerDatabase,
  type ServerEngine,
  serverDatabase,
  type Watching,
} from "../server-engine/server-database.js";
import type { TableNames } from "../sql/table-names.js";
import { type MysqlConnection, openConnections } from "./connections.js";
import { mysqlHostTransactions } from "./host-transaction.js";

const ALONE_SECONDS = 60;

/** An open database; `dialect` tells which of the two servers it is. */
export interface MysqlDatabase<DB> extends ServerDatabase<DB> {
  readonly dialect: "mysql" | "mariadb";
  readonly names: TableNames;
}

/** Opens a database. @throws {ConfigError}, {StorageError} `storage.unavailable` with a hint */
export async function openMysql<DB>(options: MysqlConnection & Pausing & Watching): Promise<MysqlDatabase<DB>> {
  let statements = 0;
  const opened = await openConnections(options, () => {
    statements++;
  });
  const connections = closedWhenIdle(opened);
  const dialect = await usableDialect(connections).catch(async (error: unknown) => {
    await connections.close();
    throw error;
  });
  statements = 0;
  const engine = mysqlEngine(dialect, mysqlHostTransactions(connections, dialect, opened.names));
  return { ...serverDatabase<DB>(engine, connections, () => statements, options), dialect, names: opened.names };
}

const LEAST_PACKET = 16 * 1024 * 1024;

// https://mariadb.com/kb/en/innodb-system-variables/
const SETTINGS: ServerEngine["settings"] = {
  query: `SELECT variable_name AS setting, variable_value AS value FROM (
      SELECT 'innodb_flush_log_at_trx_commit' AS variable_name, @@innodb_flush_log_at_trx_commit AS variable_value
      UNION ALL SELECT 'innodb_doublewrite', @@innodb_doublewrite
      UNION ALL SELECT 'max_allowed_packet', @@max_allowed_packet
      UNION ALL SELECT 'binlog_format', IF(@@log_bin, @@binlog_format, 'none')) AS v`,
  needed: {
    innodb_flush_log_at_trx_commit: { needed: "1", isMet: (value) => value === "1" },
    innodb_doublewrite: { needed: "on", isMet: (value) => !/^(0|OFF)$/i.test(value) },
    // READ COMMITTED writes can't be replayed as statements, and the server refuses them.
    binlog_format: { needed: "ROW or MIXED", isMet: (value) => value !== "STATEMENT" },
    max_allowed_packet: { needed: `at least ${LEAST_PACKET}`, isMet: (value) => Number(value) >= LEAST_PACKET },
  },
};

function mysqlEngine(dialect: MysqlDatabase<unknown>["dialect"], hostTransactions: HostTransactions): ServerEngine {
  return {
    dialect,
    kysely: {
      createAdapter: () => new MysqlAdapter(),
      createQueryCompiler: () => new MysqlQueryCompiler(),
      createIntrospector: (db) => new MysqlIntrospector(db),
    },
    settings: SETTINGS,
    timeQuery: "SELECT CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS CHAR) AS now",
    hostTransactions,
    async begin(connection, isolation) {
      if (isolation === "serializable") await connection.control("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE");
      await connection.control("START TRANSACTION READ WRITE");
    },
    // Every schema change commits by itself, so the lock alone keeps two processes apart.
    async migrate(connection, run, { lockTimeoutMs }) {
      const [row] = await connection.control(`SELECT GET_LOCK(${LOCK_NAME}, ${ALONE_SECONDS}) AS got`);
      if (row?.got !== 1)
        throw new StorageError("storage.busy", "another process holds the database", { retryable: true });
      // A change of a table waits for whoever reads it, by default for a year, and all others behind it.
      const [found] = await connection.control("SELECT @@SESSION.lock_wait_timeout AS seconds");
      await connection.control(
        `SET SESSION lock_wait_timeout = ${Math.max(1, Math.ceil(Number(lockTimeoutMs) / 1000))}`,
      );
      try {
        return await run();
      } finally {
        await connection.control(`SET SESSION lock_wait_timeout = ${Number(found?.seconds)}`).catch(connection.abandon);
        await connection.control(`SELECT RELEASE_LOCK(${LOCK_NAME})`).catch(connection.abandon);
      }
    },
  };
}

// Locks are the server's, not the database's; a name has at most 64 characters.
const LOCK_NAME = "CONCAT('recallkit.', LEFT(MD5(DATABASE()), 32))";

const OLDEST = { mariadb: [10, 6], mysql: [8, 0] } as const;

/** @throws {StorageError} `storage.unavailable` for a server that lacks SKIP LOCKED or JSON_TABLE */
async function usableDialect(connections: Connections): Promise<"mysql" | "mariadb"> {
  const connection: Connection = await connections.acquire();
  try {
    const [row] = await connection.control("SELECT VERSION() AS version");
    const version = String(row?.version);
    const dialect = /mariadb/i.test(version) ? "mariadb" : "mysql";
    const [major = 0, minor = 0] = version.split(".").map(Number.parseFloat);
    const [oldestMajor, oldestMinor] = OLDEST[dialect];
    if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return dialect;
    throw new StorageError("storage.unavailable", "the database server is too old", {
      hint: "MariaDB 10.6 or MySQL 8.0 is needed",
    });
  } finally {
    connection.release();
  }
}
