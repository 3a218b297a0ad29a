import type { AttemptStore } from "@recallkit/core/ports";
import { cursorToId, pageLimit, pageOf } from "@recallkit/core/ports";
import { toColumns } from "../columns.js";
import type { SqlContext } from "../context.js";
import { isOfTenant } from "../is-of-tenant.js";

/** Provider calls in SQL. */
export function attemptStore({ db, dialect }: SqlContext): AttemptStore {
  return {
    open: (attempt) => dialect.insertRow(db, "rk_attempts", toColumns(attempt)),
    async close(tenantId, attemptId, outcome) {
      const { numUpdatedRows } = await db
        .updateTable("rk_attempts")
        .set(toColumns(outcome))
        .where(isOfTenant(tenantId))
        .where("id", "=", attemptId)
        .where("ended_at", "is", null)
        .executeTakeFirst();
      return numUpdatedRows > 0n;
    },
    async closeOpen(tenantId, batchId, outcome) {
      await db
        .updateTable("rk_attempts")
        .set(toColumns(outcome))
        .where("tenant_id", "=", tenantId)
        .where("batch_id", "=", batchId)
        .where("ended_at", "is", null)
        .execute();
    },
    latest: (tenantId, batchId) =>
      db
        .selectFrom("rk_attempts as a")
        .select(ATTEMPT)
        .where("a.tenant_id", "=", tenantId)
        .where("a.batch_id", "=", batchId)
        .where("a.kind", "=", "send")
        .orderBy("a.id", "desc")
        .limit(1)
        .executeTakeFirst(),
    async list(tenantId, filter) {
      const { batchId, occurrenceId, ruleId, kind, since } = filter;
      const limit = pageLimit(filter);
      let rows = db
        .selectFrom("rk_attempts as a")
        .select(ATTEMPT)
        .where("a.tenant_id", "=", tenantId)
        .where("a.id", ">", cursorToId(filter.cursor));
      if (batchId !== undefined) rows = rows.where("a.batch_id", "=", batchId);
      if (kind !== undefined) rows = rows.where("a.kind", "=", kind);
      if (since !== undefined) rows = rows.where("a.started_at", ">=", since);
      if (occurrenceId !== undefined || ruleId !== undefined) {
        rows = rows.where((eb) => {
          let batches = eb.selectFrom("rk_batches as b").select("b.id").where("b.tenant_id", "=", tenantId);
          if (occurrenceId !== undefined) batches = batches.where("b.occurrence_id", "=", occurrenceId);
          if (ruleId !== undefined) batches = batches.where("b.rule_id", "=", ruleId);
          return eb("a.batch_id", "in", batches);
        });
      }
      const found = await rows
        .orderBy("a.id")
        .limit(limit + 1)
        .execute();
      return pageOf(found, limit);
    },
  };
}

/** Columns of attempts as `a`, with the names that the domain uses. */
export const ATTEMPT = [
  "a.id",
  "a.tenant_id as tenantId",
  "a.batch_id as batchId",
  "a.kind",
  "a.number",
  "a.lease_epoch as leaseEpoch",
  "a.started_at as startedAt",
  "a.ended_at as endedAt",
  "a.class",
  "a.answer",
] as const;
