// The engine: opening files, transactions, errors.

export { ConstraintError, type ConstraintKind, isConstraintError } from "../sql/constraint-error.js";
export { type OpenSqliteOptions, openSqlite, type SqliteDatabase } from "./database.js";
export type { SqliteDriverChoice } from "./driver.js";

// The stores.

export type { Database } from "../schema/database.js";
export type { ConnectionGauge } from "../server-engine/connection.js";
export type { SettingCheck, SqlStores } from "../sql/sql-stores.js";
export { openSqliteStores, type SqliteStoresOptions, sqliteStores } from "./sqlite-stores.js";
