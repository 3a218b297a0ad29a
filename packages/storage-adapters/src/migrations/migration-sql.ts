import { CREATE_LEDGER } from "./migration-ledger.js";
import { type MigrationDialect, type MigrationSet, type NumberedStep, numberedSteps } from "./migration-set.js";

const BEGIN: Readonly<Record<MigrationDialect, string | undefined>> = {
  sqlite: "BEGIN IMMEDIATE;",
  postgres: "BEGIN;",
  // Every schema statement commits by itself there.
  mysql: undefined,
  mariadb: undefined,
};

/** What the script is to hold. */
export interface MigrationSqlOptions {
  /** The steps to print, as `migrationStatus` found them. @default all steps of all sets, for an empty database */
  readonly pending?: readonly NumberedStep[];
  /** When the steps are said to have been applied, epoch ms. @default 0 */
  readonly appliedAt?: number;
}

/** A script for people who apply schema changes by hand; it records the steps too, so that nothing is left to do. */
export function migrationSql(
  sets: readonly MigrationSet[],
  dialect: MigrationDialect,
  { pending = numberedSteps(sets, dialect), appliedAt = 0 }: MigrationSqlOptions = {},
): string {
  const begin = BEGIN[dialect];
  const steps = pending.flatMap((step) => [
    `-- ${step.setId}/${step.step} ${step.name}`,
    ...step.statements.map(terminated),
    insertOf(step, appliedAt),
  ]);
  const lines = [terminated(CREATE_LEDGER), ...steps];
  return `${(begin ? [begin, ...lines, "COMMIT;"] : lines).join("\n")}\n`;
}

function insertOf({ setId, step, name, checksum, minReader }: NumberedStep, appliedAt: number): string {
  const values = [text(setId), step, text(name), text(checksum), minReader, appliedAt].join(", ");
  return `INSERT INTO rk_migrations (set_id, step, name, checksum, min_reader, applied_at) VALUES (${values});`;
}

function text(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}

function terminated(sql: string): string {
  return sql.trimEnd().endsWith(";") ? sql : `${sql};`;
}
