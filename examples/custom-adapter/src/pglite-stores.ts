import type { PGlite } from "@electric-sql/pglite";
import {
  closedWhenIdle,
  type Database,
  openedAtSchema,
  type Pausing,
  postgresKysely,
  postgresSqlDialect,
  type ServerEngine,
  type SqlStores,
  type StoresOverOptions,
  serverDatabase,
  storesOver,
} from "@recallkit/storage-adapters/sql";
import { pgliteConnection, SETTINGS } from "./pglite-connection.js";

/** What opening the stores takes. */
export interface PgliteStoresOptions extends Pausing, StoresOverOptions {
  /** An open PGlite, which may have tables of the application as well. Closing the stores leaves it open. */
  readonly database: PGlite;
  /** Brings the schema up to date while opening. @default false: an outdated schema is an error */
  readonly migrate?: boolean;
}

const ENGINE: ServerEngine = {
  dialect: "postgres",
  kysely: postgresKysely,
  settings: {
    query: "SELECT name AS setting, setting AS value FROM pg_settings WHERE name = 'fsync'",
    needed: { fsync: { needed: "on", isMet: (value) => value === "on" } },
  },
  // With one connection every transaction is alone, whatever isolation is asked for.
  async begin(connection) {
    await connection.control("BEGIN");
    await connection.control(SETTINGS);
  },
  async migrate(connection, run) {
    await connection.control("BEGIN");
    try {
      const result = await run();
      await connection.control("COMMIT");
      return result;
    } catch (error) {
      await connection.control("ROLLBACK");
      throw error;
    }
  },
};

/**
 * Opens all stores on a PGlite: PostgreSQL inside this process.
 *
 * @throws {StorageError} `storage.schema-outdated` when steps are pending and `migrate` is not set
 */
export async function pgliteStores(options: PgliteStoresOptions): Promise<SqlStores> {
  const { database, migrate = false } = options;
  let statements = 0;
  const onStatement = () => {
    statements++;
  };
  const connections = closedWhenIdle({
    acquire: async () => pgliteConnection(database, onStatement),
    close: async () => {},
  });
  const opened = serverDatabase<Database>(ENGINE, connections, () => statements, options);
  return openedAtSchema(storesOver(opened, postgresSqlDialect, options), migrate);
}
