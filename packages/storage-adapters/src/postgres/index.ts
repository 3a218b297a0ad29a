export type { SettingCheck, SqlStores } from "../sql/sql-stores.js";
export type { PostgresConnection } from "./connections.js";
export { openPostgresStores, type PostgresStoresOptions, postgresStores } from "./postgres-stores.js";
