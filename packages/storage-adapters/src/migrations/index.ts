export { schemaSql } from "../schema/column-types.js";
export { recallkitMigrations } from "../schema/recallkit-migrations.js";
export { migrate } from "./migrate.js";
export type { AppliedStep, MigrationDatabase, StatementRunner } from "./migration-ledger.js";
export type { MigrationDialect, MigrationSet, MigrationStep, NumberedStep } from "./migration-set.js";
export { type MigrationSqlOptions, migrationSql } from "./migration-sql.js";
export { assertMigrated, isEmptyDatabase, type MigrationStatus, migrationStatus } from "./migration-status.js";
