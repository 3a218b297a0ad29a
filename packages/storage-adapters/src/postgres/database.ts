import { StorageError } from "@recallkit/core";
import { PostgresAdapter, PostgresIntrospector } from "kysely";
import type { HostTransactions } from "../host/host-connection.js";
import { type Connections, closedWhenIdle } from "../server-engine/connection.js";
import {
  type Pausing,
  type ServerDatabase,
  type ServerEngine,
  serverDatabase,
} from "../server-engine/server-database.js";
import { openConnections, type PostgresConnection } from "./connections.js";
import { postgresHostTransactions } from "./host-transaction.js";
import { TypedQueryCompiler } from "./query-compiler.js";
import { type TableGrowth, tableGrowth } from "./table-growth.js";

/** Any number that nobody else uses for an advisory lock: "rkit" in ASCII. */
const ALONE = 0x72_6b_69_74;
const BEGIN = {
  "read-committed": "BEGIN ISOLATION LEVEL READ COMMITTED",
  serializable: "BEGIN ISOLATION LEVEL SERIALIZABLE",
} as const;

/** Opens a database. @throws {ConfigError}, {StorageError} `storage.unavailable` with a hint */
export async function openPostgres<DB>(options: PostgresConnection & Pausing): Promise<ServerDatabase<DB>> {
  let statements = 0;
  const growth = tableGrowth();
  const opened = await openConnections(options, (sql, changes) => {
    statements++;
    growth.note(sql, changes);
  });
  const connections = closedWhenIdle(opened);
  await assertUsable(connections).catch(async (error: unknown) => {
    await connections.close();
    throw error;
  });
  statements = 0;
  const hostTransactions = await postgresHostTransactions(connections, options);
  const engine = postgresEngine(options.schema ?? "public", growth, hostTransactions);
  return serverDatabase(engine, connections, () => statements, options);
}

// https://www.postgresql.org/docs/15/runtime-config-wal.html
const SETTINGS: ServerEngine["settings"] = {
  query: `SELECT name AS setting, setting AS value FROM pg_settings
    WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit') ORDER BY name`,
  needed: {
    fsync: { needed: "on", isMet: (value) => value === "on" },
    full_page_writes: { needed: "on", isMet: (value) => value === "on" },
    synchronous_commit: { needed: "anything but off", isMet: (value) => value !== "off" },
  },
};

function postgresEngine(schema: string, growth: TableGrowth, hostTransactions: HostTransactions): ServerEngine {
  return {
    dialect: "postgres",
    kysely: {
      createAdapter: () => new PostgresAdapter(),
      createQueryCompiler: () => new TypedQueryCompiler(),
      createIntrospector: (db) => new PostgresIntrospector(db),
    },
    settings: SETTINGS,
    hostTransactions,
    async begin(connection, isolation) {
      await connection.control(BEGIN[isolation]);
    },
    async lock(connection) {
      await connection.control(`SELECT pg_advisory_lock(${ALONE})`);
    },
    async unlock(connection) {
      await connection.control(`SELECT pg_advisory_unlock(${ALONE})`);
    },
    async afterCommit(connection) {
      for (const table of growth.due()) {
        // Somebody else may be taking them at this moment.
        await connection.control(`ANALYZE ${table}`).catch(() => {});
      }
    },
    async migrate(connection, run) {
      await connection.control(BEGIN["read-committed"]);
      try {
        await connection.control(`CREATE SCHEMA IF NOT EXISTS ${schema}`);
        const result = await run();
        await connection.control("COMMIT");
        return result;
      } catch (error) {
        await connection.control("ROLLBACK");
        throw error;
      }
    },
  };
}

/** @throws {StorageError} `storage.unavailable` for a database that does not keep UTF-8 */
async function assertUsable(connections: Connections): Promise<void> {
  const connection = await connections.acquire();
  try {
    const [row] = await connection.control("SHOW server_encoding");
    if (row?.server_encoding === "UTF8") return;
    throw new StorageError("storage.unavailable", "the database does not keep UTF-8", {
      hint: "create it with ENCODING 'UTF8'",
    });
  } finally {
    connection.release();
  }
}
