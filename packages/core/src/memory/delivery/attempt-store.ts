import type { AttemptStore } from "../../ports/attempt-store.js";
import { pageOfRows } from "../selection.js";
import { ofTenant } from "../table.js";
import type { Database } from "../tables.js";

/** {@link AttemptStore} in memory. */
export function attemptStore(db: Database): AttemptStore {
  const { attempts, attemptsByBatch, batches } = db.tables;
  return {
    open: (attempt) =>
      db.write(() => attempts.insert((id) => ({ ...attempt, id, endedAt: null, class: null, answer: null })).id),
    close: (tenantId, attemptId, outcome) =>
      db.write(() => {
        const row = ofTenant(attempts.get(attemptId), tenantId);
        if (!row || row.endedAt !== null) return false;
        attempts.replace({ ...row, ...outcome });
        return true;
      }),
    closeOpen: (tenantId, batchId, outcome) =>
      db.write(() => {
        for (const row of attemptsByBatch.rows(batchId)) {
          if (row.tenantId === tenantId && row.endedAt === null) attempts.replace({ ...row, ...outcome });
        }
      }),
    latest: (tenantId, batchId) =>
      db.read(() => attemptsByBatch.rows(batchId).findLast((row) => row.tenantId === tenantId && row.kind === "send")),
    list: (tenantId, filter) =>
      db.read(() =>
        pageOfRows(
          filter.batchId === undefined ? attempts.all() : attemptsByBatch.rows(filter.batchId),
          filter,
          (row) => {
            const batch = batches.get(row.batchId);
            return (
              row.tenantId === tenantId &&
              (filter.occurrenceId === undefined || batch?.occurrenceId === filter.occurrenceId) &&
              (filter.ruleId === undefined || batch?.ruleId === filter.ruleId) &&
              (filter.kind === undefined || row.kind === filter.kind) &&
              (filter.since === undefined || row.startedAt >= filter.since)
            );
          },
        ),
      ),
  };
}
