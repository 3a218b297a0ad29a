import { CompiledQuery, type QueryResult } from "kysely";
import type { TableNames } from "../sql/table-names.js";
import type { MigrationDialect, NumberedStep } from "./migration-set.js";

/** What runs a statement: a Kysely instance, or a transaction of one. */
export interface StatementRunner {
  executeQuery<R>(query: CompiledQuery<R>): Promise<QueryResult<R>>;
}

/** What the migrator needs of a database; `openSqlite` gives one. */
export interface MigrationDatabase {
  readonly dialect: MigrationDialect;
  readonly kysely: StatementRunner;
  /** How it calls the tables of migration sets. @default as the sets do, in the schema at hand */
  readonly names?: TableNames;
  /** Runs the callback while no other process migrates; in one transaction where the engine can undo schema changes. */
  migration<T>(run: (trx: StatementRunner) => Promise<T>, options?: MigrationOptions): Promise<T>;
}

/** How a migration waits for others. */
export interface MigrationOptions {
  /**
   * Longest wait for a lock that somebody else holds, ms; then the migration is begun anew, five times in all. Whoever comes
   * meanwhile waits behind it. @default 5000
   */
  readonly lockTimeoutMs?: number | undefined;
}

/** A step as the database remembers it. */
export interface AppliedStep {
  readonly setId: string;
  readonly step: number;
  readonly name: string;
  readonly checksum: string;
  readonly minReader: number;
  /** Epoch ms. */
  readonly appliedAt: number;
}

/** The table of applied steps, in SQL that all engines read. */
export const CREATE_LEDGER = `CREATE TABLE IF NOT EXISTS rk_migrations (
  set_id VARCHAR(100) NOT NULL,
  step INTEGER NOT NULL,
  name VARCHAR(200) NOT NULL,
  checksum CHAR(64) NOT NULL,
  min_reader INTEGER NOT NULL,
  applied_at BIGINT NOT NULL,
  PRIMARY KEY (set_id, step)
)`;

/** Runs one statement. */
export async function runStatement<R>(runner: StatementRunner, sql: string, parameters: unknown[] = []): Promise<R[]> {
  // The row type is the caller's promise about its SQL.
  const result = await runner.executeQuery(CompiledQuery.raw(sql, parameters) as CompiledQuery<R>);
  return result.rows;
}

const LEDGER = "rk_migrations";
const EXISTS_MYSQL = "SELECT 1 FROM information_schema.tables WHERE table_schema = database() AND table_name = ?";

const EXISTS: Readonly<Record<MigrationDialect, string>> = {
  sqlite: "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?",
  postgres: "SELECT 1 FROM pg_tables WHERE tablename = $1 AND schemaname = coalesce($2, current_schema())",
  mysql: EXISTS_MYSQL,
  mariadb: EXISTS_MYSQL,
};

/** Every applied step; none while the table does not exist. */
export async function readLedger(
  runner: StatementRunner,
  { dialect, names }: Pick<MigrationDatabase, "dialect" | "names">,
): Promise<AppliedStep[]> {
  const named = [names?.of(LEDGER) ?? LEDGER, ...(dialect === "postgres" ? [names?.schema ?? null] : [])];
  if ((await runStatement(runner, EXISTS[dialect], named)).length === 0) return [];
  const sql = `SELECT set_id AS "setId", step, name, checksum, min_reader AS "minReader", applied_at AS "appliedAt"
    FROM rk_migrations ORDER BY set_id, step`;
  return runStatement<AppliedStep>(runner, sql);
}

/** Remembers a step as applied. */
export async function recordStep(
  runner: StatementRunner,
  dialect: MigrationDatabase["dialect"],
  step: NumberedStep,
  appliedAt: number,
): Promise<void> {
  const places = dialect === "postgres" ? "$1, $2, $3, $4, $5, $6" : "?, ?, ?, ?, ?, ?";
  const sql = `INSERT INTO rk_migrations (set_id, step, name, checksum, min_reader, applied_at) VALUES (${places})`;
  await runStatement(runner, sql, [step.setId, step.step, step.name, step.checksum, step.minReader, appliedAt]);
}
