import { sql } from "kysely";
import { applyTally } from "../metrics/apply-tally.js";
import { type CallScope, columnOf, countCalls, idOf } from "../metrics/count-calls.js";
import { type LeadDatabase, leadTables } from "../tables.js";

/** Deletes all calls of a task or package, and takes them out of the figures; call it inside a transaction that holds the package. */
export async function deleteCalls(
  database: LeadDatabase,
  tenantId: number,
  scope: CallScope,
  at: number,
): Promise<void> {
  const tally = await countCalls(database, tenantId, scope, -1);
  await leadTables(database)
    .updateTable("rk_calls")
    .set({ deleted_at: at, updated_at: at, call_key: sql`null` })
    .where("tenant_id", "=", tenantId)
    .where(columnOf(scope), "=", idOf(scope))
    .where("deleted_at", "is", null)
    .execute();
  await applyTally(database, tenantId, tally, at);
}
