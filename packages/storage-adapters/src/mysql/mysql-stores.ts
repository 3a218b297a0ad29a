import type { Database } from "../schema/database.js";
import type { Pausing, Watching } from "../server-engine/server-database.js";
import type { SqlStores } from "../sql/sql-stores.js";
import { openedAtSchema, type StoresOverOptions, storesOver } from "../sql/stores-over.js";
import type { MysqlConnection } from "./connections.js";
import { openMysql } from "./database.js";
import { mysqlSqlDialect } from "./sql-dialect.js";

/** What opening the stores of a database takes. */
export interface MysqlStoresOptions extends MysqlConnection, Pausing, Watching, StoresOverOptions {
  /** Brings the schema up to date while opening. @default false: an outdated schema is an error */
  readonly migrate?: boolean;
}

/**
 * Opens all stores on one database of MariaDB (10.6 or later) or MySQL (8.0 or later).
 *
 * @throws {StorageError} `storage.schema-outdated` when steps are pending and `migrate` is not set; the errors of opening
 */
export async function mysqlStores({ migrate = false, ...options }: MysqlStoresOptions): Promise<SqlStores> {
  return openedAtSchema(await openMysqlStores(options), migrate);
}

/** Opens the stores whatever the schema is like, for whoever shows or changes it. */
export async function openMysqlStores(options: Omit<MysqlStoresOptions, "migrate">): Promise<SqlStores> {
  const database = await openMysql<Database>(options);
  return storesOver(database, mysqlSqlDialect(database.dialect), options);
}
