import type { Database } from "../schema/database.js";
import type { Pausing, Watching } from "../server-engine/server-database.js";
import type { SqlStores } from "../sql/sql-stores.js";
import { openedAtSchema, type StoresOverOptions, storesOver } from "../sql/stores-over.js";
import type { PostgresConnection } from "./connections.js";
import { openPostgres } from "./database.js";
import { postgresSqlDialect } from "./sql-dialect.js";
import { postgresWakeUps } from "./wake-ups.js";

/** What opening the stores of a database takes. */
export interface PostgresStoresOptions extends PostgresConnection, Pausing, Watching, StoresOverOptions {
  /** Brings the schema up to date while opening. @default false: an outdated schema is an error */
  readonly migrate?: boolean;
}

/**
 * Opens all stores on one PostgreSQL schema.
 *
 * @throws {StorageError} `storage.schema-outdated` when steps are pending and `migrate` is not set; the errors of opening
 */
export async function postgresStores({ migrate = false, ...options }: PostgresStoresOptions): Promise<SqlStores> {
  return openedAtSchema(await openPostgresStores(options), migrate);
}

/** Opens the stores whatever the schema is like, for whoever shows or changes it. */
export async function openPostgresStores(options: Omit<PostgresStoresOptions, "migrate">): Promise<SqlStores> {
  const stores = storesOver(await openPostgres<Database>(options), postgresSqlDialect, options);
  const { url, schema = "public" } = options;
  // A caller's pool does not tell how to open a connection for listening alone.
  return url === undefined ? stores : { ...stores, wakeUps: postgresWakeUps(stores.sql, { url, schema }) };
}
