import { StorageError } from "@recallkit/core";
import type { HostTransactions } from "../host/host-connection.js";
import { type Connections, closedWhenIdle } from "../server-engine/connection.js";
import {
  type Pausing,
  type ServerDatabase,
  type ServerEngine,
  serverDatabase,
  type Watching,
} from "../server-engine/server-database.js";
import type { TableNames } from "../sql/table-names.js";
import { beginning } from "./client-connection.js";
import { openConnections, type PostgresConnection } from "./connections.js";
import { postgresHostTransactions } from "./host-transaction.js";
import { postgresKysely } from "./kysely-parts.js";
import { type TableGrowth, tableGrowth } from "./table-growth.js";

/** Any number that nobody else uses for an advisory lock: "rkit" in ASCII. */
const ALONE = 0x72_6b_69_74;

/** Opens a database. @throws {ConfigError}, {StorageError} `storage.unavailable` with a hint */
export async function openPostgres<DB>(
  options: PostgresConnection & Pausing & Watching,
): Promise<ServerDatabase<DB> & { readonly names: TableNames }> {
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
  const { names } = opened;
  const engine = postgresEngine(names, growth, postgresHostTransactions(connections, names));
  return { ...serverDatabase<DB>(engine, connections, () => statements, options), names };
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

function postgresEngine({ schema }: TableNames, growth: TableGrowth, hostTransactions: HostTransactions): ServerEngine {
  return {
    dialect: "postgres",
    kysely: postgresKysely,
    settings: SETTINGS,
    timeQuery: "SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::text AS now",
    hostTransactions,
    async begin(connection, isolation) {
      await connection.control(beginning(isolation));
    },
    async afterCommit(connection) {
      for (const table of growth.due()) {
        // Somebody else may be taking them at this moment.
        await connection.control(`ANALYZE (SKIP_LOCKED) ${table}`).catch(() => {});
      }
    },
    async migrate(connection, run, { lockTimeoutMs }) {
      await connection.control(`${beginning("read-committed")}; SET LOCAL lock_timeout = ${Number(lockTimeoutMs)}`);
      try {
        // Held to the end of the transaction, so that it may go through a pooler.
        await connection.control(`SELECT pg_advisory_xact_lock(${ALONE})`);
        await connection.control(`CREATE SCHEMA IF NOT EXISTS "${schema}"`);
        const result = await run();
        await connection.control("COMMIT");
        return result;
      } catch (error) {
        await connection.control("ROLLBACK").catch(connection.abandon);
        throw error;
      }
    },
  };
}

/** @throws {StorageError} `storage.unavailable` for a database that does not keep UTF-8 */
async function assertUsable(connections: Connections): Promise<void> {
  const connection = await connections.acquire();
  try {
    // Also tells whether there are transactions: a pooler that hands out single statements refuses to begin one.
    await connection.control(beginning("read-committed"));
    const [row] = await connection.control("SHOW server_encoding");
    await connection.control("COMMIT");
    if (row?.server_encoding === "UTF8") return;
    throw new StorageError("storage.unavailable", "the database does not keep UTF-8", {
      hint: "create it with ENCODING 'UTF8'",
    });
  } finally {
    connection.release();
  }
}
