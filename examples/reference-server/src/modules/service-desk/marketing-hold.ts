import { ALL_MARKETING } from "@recallkit/core/ports";
import { sql } from "kysely";
import type { Desk } from "./context.js";
import { deskTables } from "./tables.js";
import { OPEN_STATES } from "./tickets/store.js";

const REASON = "open_ticket";

/**
 * Holds marketing messages to people back who have an open complaint, or whatever ticket the tenant's settings mean, and lets them
 * go when there is none any more. In the transaction that changes the ticket, so that a push sees both or neither.
 */
export async function syncMarketingHold(
  { stores, tenantId, settings, context }: Desk,
  customerIds: readonly (number | null)[],
): Promise<void> {
  const { hold_marketing: held } = settings;
  for (const customerId of new Set(customerIds)) {
    if (customerId === null) continue;
    let open = deskTables(stores)
      .selectFrom("rk_tickets")
      .select("id")
      .where("tenant_id", "=", tenantId)
      .where("customer_id", "=", customerId)
      .where("state", "in", OPEN_STATES);
    if (held === "complaints") open = open.where("kind", "=", "complaint");
    const isHeld = held !== "off" && (await open.limit(1).executeTakeFirst()) !== undefined;
    if (isHeld) {
      await stores.suppressions.put({
        tenantId,
        channel: ALL_MARKETING,
        address: null,
        customerId,
        reason: REASON,
        createdAt: context.clock.now(),
      });
    } else {
      await holds(stores, tenantId).where("customer_id", "=", customerId).execute();
    }
  }
}

/** Takes holds of this module away, and nobody's opt-out. */
function holds(stores: Desk["stores"], tenantId: number) {
  return deskTables(stores)
    .deleteFrom("rk_suppressions")
    .where("tenant_id", "=", tenantId)
    .where("channel", "=", ALL_MARKETING)
    .where("reason", "=", REASON);
}

/** Sets every hold of the tenant anew, after its settings have changed: as sets, however many people there are. */
export async function resetMarketingHolds({ stores, tenantId, settings }: Desk): Promise<void> {
  const { hold_marketing: held } = settings;
  await holds(stores, tenantId).execute();
  if (held === "off") return;
  const kinds = held === "complaints" ? sql`and t.kind = 'complaint'` : sql``;
  await sql`insert into rk_suppressions (tenant_id, channel, customer_id, reason, created_at)
    select t.tenant_id, ${sql.lit(ALL_MARKETING)}, t.customer_id, ${sql.lit(REASON)}, min(t.created_at) from rk_tickets as t
    where t.tenant_id = ${tenantId} and t.customer_id is not null and t.state in (${sql.join(OPEN_STATES)}) ${kinds}
    group by t.tenant_id, t.customer_id`.execute(stores.sql);
}
