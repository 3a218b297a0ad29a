import { StorageError } from "@recallkit/core";
import { type AppliedStep, type MigrationDatabase, readLedger, runStatement } from "./migration-ledger.js";
import { type MigrationSet, type NumberedStep, numberedSteps } from "./migration-set.js";

/** How the schema of a database relates to the code. Sets that the code does not name are left out. */
export interface MigrationStatus {
  /** Steps of the code that the database lacks, in order. */
  readonly pending: readonly NumberedStep[];
  readonly applied: readonly AppliedStep[];
  /** Steps that newer code applied, unknown here. */
  readonly newer: readonly AppliedStep[];
}

/**
 * Compares a database with the code; changes nothing.
 *
 * @throws {StorageError} `storage.schema-changed` when an applied step differs from the code's
 */
export async function migrationStatus(db: MigrationDatabase, sets: readonly MigrationSet[]): Promise<MigrationStatus> {
  db.names?.learn(sets, db.dialect);
  return compareSchema(sets, await readLedger(db.kysely, db), db.dialect);
}

/**
 * Asserts that this code can work with the database as it is.
 *
 * @throws {StorageError} `storage.schema-outdated` with steps pending; `storage.schema-newer` when newer code applied steps
 *   that this code cannot work with; `storage.schema-changed`
 */
export async function assertMigrated(db: MigrationDatabase, sets: readonly MigrationSet[]): Promise<void> {
  const status = await migrationStatus(db, sets);
  assertNotNewer(status, sets);
  const first = status.pending[0];
  if (!first) return;
  const message = `the schema lacks ${status.pending.length} step(s), first ${stepName(first)}`;
  throw new StorageError("storage.schema-outdated", message, { hint: "run `recallkit migrate up`" });
}

const ANYTHING_MYSQL = "SELECT 1 FROM information_schema.tables WHERE table_schema = database() LIMIT 1";

const ANYTHING: Readonly<Record<MigrationDatabase["dialect"], string>> = {
  sqlite: "SELECT 1 FROM sqlite_master WHERE name NOT LIKE 'sqlite!_%' ESCAPE '!' LIMIT 1",
  postgres: `SELECT 1 FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE n.nspname = coalesce($1, current_schema()) LIMIT 1`,
  mysql: ANYTHING_MYSQL,
  mariadb: ANYTHING_MYSQL,
};

/** True while the database holds no table, view or index at all. */
export async function isEmptyDatabase(db: MigrationDatabase): Promise<boolean> {
  const named = db.dialect === "postgres" ? [db.names?.schema ?? null] : [];
  return (await runStatement(db.kysely, ANYTHING[db.dialect], named)).length === 0;
}

/** The comparison itself. */
export function compareSchema(
  sets: readonly MigrationSet[],
  ledger: readonly AppliedStep[],
  dialect: MigrationDatabase["dialect"],
): MigrationStatus {
  const steps = numberedSteps(sets, dialect);
  const ids = new Set(sets.map(({ id }) => id));
  const ours = ledger.filter(({ setId }) => ids.has(setId));
  const applied = new Map(ours.map((step) => [stepKey(step), step]));
  const known = new Set(steps.map(stepKey));
  for (const step of steps) {
    const recorded = applied.get(stepKey(step));
    if (!recorded || recorded.checksum === step.checksum) continue;
    throw new StorageError("storage.schema-changed", `${stepName(step)} was changed after it had been applied`, {
      hint: "restore the step as it was and put the change into a new step",
    });
  }
  return {
    pending: steps.filter((step) => !applied.has(stepKey(step))),
    applied: ours.filter((step) => known.has(stepKey(step))),
    newer: ours.filter((step) => !known.has(stepKey(step))),
  };
}

/** @throws {StorageError} `storage.schema-newer` unless every unknown step allows code with this many steps */
export function assertNotNewer({ newer }: MigrationStatus, sets: readonly MigrationSet[]): void {
  const readers = new Map(sets.map(({ id, steps }) => [id, steps.length]));
  const refused = newer.find(({ setId, minReader }) => minReader > (readers.get(setId) ?? 0));
  if (!refused) return;
  throw new StorageError(
    "storage.schema-newer",
    `the schema is newer than this program: ${stepName(refused)} is unknown`,
    {
      hint: "install the version of the program that applied it, or a later one",
    },
  );
}

/** How messages name a step. */
export function stepName({ setId, step, name }: Pick<NumberedStep, "setId" | "step" | "name">): string {
  return `migration step ${setId}/${step} (${name})`;
}

function stepKey({ setId, step }: Pick<NumberedStep, "setId" | "step">): string {
  return `${setId}/${step}`;
}
