export type { MovedTable, RawRow, RawTables } from "../sql/raw-tables.js";
export { type CopiedTable, type CopyOptions, type CopyProgress, copyTenant } from "./copy-tenant.js";
