import { isConstraintError } from "../sql/constraint-error.js";
import { runStatement, type StatementRunner } from "./migration-ledger.js";
import type { NumberedStep } from "./migration-set.js";

const CREATE_BEGUN = `CREATE TABLE IF NOT EXISTS rk_migrations_begun (
  set_id VARCHAR(100) NOT NULL,
  step INTEGER NOT NULL,
  PRIMARY KEY (set_id, step)
)`;

/**
 * Applies a step whose statements cannot be undone.
 *
 * That it was begun is written down first. So a run that finds it begun knows that tables, columns, indexes and rows which
 * are there already are the work of an interrupted run; any other run takes them for what they are, a fault.
 */
export async function applyResumably(
  runner: StatementRunner,
  { setId, step, statements }: NumberedStep,
): Promise<void> {
  await runStatement(runner, CREATE_BEGUN);
  const key = [setId, step];
  const begun = await runStatement(runner, "SELECT 1 FROM rk_migrations_begun WHERE set_id = ? AND step = ?", key);
  if (begun.length === 0)
    await runStatement(runner, "INSERT INTO rk_migrations_begun (set_id, step) VALUES (?, ?)", key);
  for (const sql of statements) {
    try {
      await runStatement(runner, sql);
    } catch (error) {
      if (begun.length === 0 || !isThere(error)) throw error;
    }
  }
}

function isThere(error: unknown): boolean {
  return isConstraintError(error, "exists") || isConstraintError(error, "unique");
}
