// The schema, the queries and the migrator of the stores, for an SQL engine of a third party.

// What an engine brings, and what it gets.

export type { HostConnection, HostLink, HostTransactions } from "../host/host-connection.js";
export type { HostDatabase } from "../host/host-database.js";
export type { MigrationDialect } from "../migrations/migration-set.js";
export type { Database } from "../schema/database.js";
export {
  type Connection,
  type ConnectionGauge,
  type Connections,
  closedWhenIdle,
  type RunStatement,
  type StatementResult,
} from "../server-engine/connection.js";
export {
  type Pausing,
  type ServerDatabase,
  type ServerEngine,
  serverDatabase,
  type Watching,
} from "../server-engine/server-database.js";
export { ConstraintError, type ConstraintKind, isConstraintError } from "./constraint-error.js";
export type { CellValue, SqlDialect, TableWithId } from "./context.js";
export { encodeHostParameters, encodeParameters, type SqlValue } from "./parameters.js";
export type { SettingCheck, SqlStores } from "./sql-stores.js";
export { openedAtSchema, type StoresDatabase, type StoresOverOptions, storesOver } from "./stores-over.js";

// Parts of a dialect: for engines that know RETURNING and ON CONFLICT, and lists and rows as one JSON parameter.

export { jsonParameter, jsonRecords } from "./json-parameter.js";
export { standardWrites } from "./standard-writes.js";

// For an engine that speaks PostgreSQL.

export { toStorageError as toPostgresError } from "../postgres/error.js";
export { postgresKysely } from "../postgres/kysely-parts.js";
export { postgresSqlDialect } from "../postgres/sql-dialect.js";
export { postgresHostParsers, postgresParsers } from "../postgres/values.js";
