// The engine: opening files, transactions, errors.

export { type OpenSqliteOptions, openSqlite, type SqliteDatabase } from "./database.js";
export type { SqliteDriverChoice } from "./driver.js";
export { ConstraintError, type ConstraintKind, isConstraintError } from "./sqlite-error.js";

// The stores.

export type { Database } from "../schema/database.js";
export type { SqlStores } from "../sql/sql-stores.js";
export { openSqliteStores, type SqliteStoresOptions, sqliteStores } from "./sqlite-stores.js";
