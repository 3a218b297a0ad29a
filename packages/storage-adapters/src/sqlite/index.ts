// The engine: opening files, transactions, errors.

export { type OpenSqliteOptions, openSqlite, type SqliteDatabase } from "./database.js";
export type { SqliteDriverChoice } from "./driver.js";
export { ConstraintError, type ConstraintKind, isConstraintError } from "./sqlite-error.js";
