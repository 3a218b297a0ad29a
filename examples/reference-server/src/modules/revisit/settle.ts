import type { DeliveryState } from "@recallkit/core";
import { FINAL_DELIVERY_STATES } from "@recallkit/core/ports";
import type { SqlStores } from "@recallkit/storage-adapters/sqlite";
import { type RevisitState, statesBefore } from "./states.js";
import { revisitTables } from "./tables.js";

const ROWS = 1_000;

/** Reasons that pass: another day within the window may do. */
const PASSING = new Set(["frequency_cap", "quiet_hours_expired", "provider_quota"]);

/** What a person's delivery means for the greeting. */
export function stateOfDelivery(state: DeliveryState, reason: string | null): RevisitState {
  if (state === "accepted" || state === "delivered") return "sent";
  // Certainly not sent, and not for good.
  if (state === "expired" || (state === "suppressed" && PASSING.has(reason ?? ""))) return "held";
  return "not_sent";
}

/**
 * Brings revisits up to what became of them: planned ones by their deliveries, and those whose birthday is over end. By sets,
 * and as often as one likes.
 *
 * @param today in the zone of the institution
 * @returns rows changed
 */
export async function settleRevisits(
  stores: SqlStores,
  tenantId: number,
  { today, now }: { readonly today: string; readonly now: number },
): Promise<number> {
  let changed = 0;
  for (let afterId = 0; ; ) {
    const rows = await outcomes(stores, tenantId, afterId);
    const groups = new Map<string, number[]>();
    for (const { id, state, reason } of rows) {
      const group = JSON.stringify([stateOfDelivery(state, reason), reason]);
      groups.set(group, [...(groups.get(group) ?? []), id]);
    }
    await stores.transaction(async (tx) => {
      for (const [group, ids] of groups) {
        const [to, reason] = JSON.parse(group) as [RevisitState, string | null];
        await move(tx, tenantId, ids, { to, reason: to === "sent" ? null : (reason ?? "not_sent"), now });
      }
    });
    changed += rows.length;
    const last = rows.at(-1);
    if (!last || rows.length < ROWS) break;
    afterId = last.id;
  }
  changed += await endDead(stores, tenantId, now);
  const { numUpdatedRows } = await revisitTables(stores)
    .updateTable("rk_revisits")
    .set({ state: "expired", reason: "birthday_over", updated_at: now })
    .where("tenant_id", "=", tenantId)
    .where("state", "in", [...statesBefore("expired")])
    .where("birthday_on", "<", today)
    .executeTakeFirst();
  return changed + Number(numUpdatedRows);
}

/** Planned people whose deliveries are over. */
async function outcomes(stores: SqlStores, tenantId: number, afterId: number) {
  return revisitTables(stores)
    .selectFrom("rk_revisits as r")
    .innerJoin("rk_deliveries as d", (join) =>
      join
        .onRef("d.tenant_id", "=", "r.tenant_id")
        .onRef("d.occurrence_id", "=", "r.occurrence_id")
        .onRef("d.customer_id", "=", "r.customer_id"),
    )
    .select(["r.id", "d.state", "d.reason"])
    .where("r.tenant_id", "=", tenantId)
    .where("r.state", "=", "planned")
    .where("d.state", "in", [...FINAL_DELIVERY_STATES])
    .where("r.id", ">", afterId)
    .orderBy("r.id")
    .limit(ROWS)
    .execute();
}

/** Firings that ended before anybody was written down for them. */
async function endDead(stores: SqlStores, tenantId: number, now: number): Promise<number> {
  const rows = await revisitTables(stores)
    .selectFrom("rk_revisits as r")
    .innerJoin("rk_occurrences as o", (join) =>
      join.onRef("o.tenant_id", "=", "r.tenant_id").onRef("o.id", "=", "r.occurrence_id"),
    )
    .select(["r.id", "o.reason"])
    .where("r.tenant_id", "=", tenantId)
    .where("r.state", "=", "planned")
    .where("o.state", "in", ["skipped", "cancelled", "completed", "completed_with_errors"])
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom("rk_deliveries as d")
            .select("d.id")
            .whereRef("d.tenant_id", "=", "r.tenant_id")
            .whereRef("d.occurrence_id", "=", "r.occurrence_id")
            .whereRef("d.customer_id", "=", "r.customer_id"),
        ),
      ),
    )
    .limit(ROWS)
    .execute();
  for (const { id, reason } of rows)
    await move(stores, tenantId, [id], { to: "not_sent", reason: reason ?? "no_delivery", now });
  return rows.length;
}

async function move(
  tx: Pick<SqlStores, "sql">,
  tenantId: number,
  ids: readonly number[],
  { to, reason, now }: { readonly to: RevisitState; readonly reason: string | null; readonly now: number },
): Promise<void> {
  await revisitTables(tx)
    .updateTable("rk_revisits")
    .set({ state: to, reason, updated_at: now })
    .where("tenant_id", "=", tenantId)
    .where("id", "in", ids)
    .where("state", "in", [...statesBefore(to)])
    .execute();
}
