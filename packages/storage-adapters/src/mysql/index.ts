export type { SettingCheck, SqlStores } from "../sql/sql-stores.js";
export type { MysqlConnection } from "./connections.js";
export { type MysqlStoresOptions, mysqlStores, openMysqlStores } from "./mysql-stores.js";
