import { type Clock, RecallKitError, StorageError, systemClock } from "@recallkit/core";
import {
  CREATE_LEDGER,
  type MigrationDatabase,
  type MigrationOptions,
  readLedger,
  recordStep,
  runStatement,
  type StatementRunner,
} from "./migration-ledger.js";
import type { MigrationDialect, MigrationSet, NumberedStep } from "./migration-set.js";
import { assertNotNewer, compareSchema, migrationStatus, stepName } from "./migration-status.js";
import { applyResumably } from "./resumable-step.js";

/**
 * Brings the schema up to the code: all pending steps of all sets, in the order given, in one transaction.
 *
 * After a crash at any moment either all of them are there or none, and the next call completes. On MySQL and MariaDB, which
 * commit every schema change, a step may be there in part; it counts as pending until it is complete. Two processes may
 * call it at once; the second finds nothing left to do.
 *
 * @returns the steps applied by this call
 * @throws {StorageError} `storage.migration-failed` names the failing step; `storage.schema-newer`, `storage.schema-changed`,
 *   `storage.busy`
 */
export async function migrate(
  db: MigrationDatabase,
  sets: readonly MigrationSet[],
  { clock = systemClock, lockTimeoutMs }: { readonly clock?: Clock } & MigrationOptions = {},
): Promise<readonly NumberedStep[]> {
  const before = await migrationStatus(db, sets);
  assertNotNewer(before, sets);
  if (before.pending.length === 0) return [];
  return db.migration(
    async (trx) => {
      await runStatement(trx, CREATE_LEDGER);
      // Again, now under the lock: another process may have been faster.
      const status = compareSchema(sets, await readLedger(trx, db), db.dialect);
      assertNotNewer(status, sets);
      for (const step of status.pending) {
        await applyStep(trx, step, db.dialect);
        await recordStep(trx, db.dialect, step, clock.now());
      }
      return status.pending;
    },
    { lockTimeoutMs },
  );
}

async function applyStep(trx: StatementRunner, step: NumberedStep, dialect: MigrationDialect): Promise<void> {
  try {
    if (dialect === "mysql" || dialect === "mariadb") await applyResumably(trx, step);
    else for (const sql of step.statements) await runStatement(trx, sql);
  } catch (error) {
    if (RecallKitError.is(error) && error.retryable) throw error;
    const reason = error instanceof Error ? error.message : "unknown";
    throw new StorageError("storage.migration-failed", `${stepName(step)} failed: ${reason}`, { cause: error });
  }
}
