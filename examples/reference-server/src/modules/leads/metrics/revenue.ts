import { sql } from "kysely";
import type { Merchant } from "../merchant.js";

const DAY_MS = 86_400_000;
/** An order is a lead's when it came within this time after the first call that reached them. */
const REVENUE_DAYS = 30;

/**
 * What leads ordered after they were reached, net of refunds, minor units: each order once, by the customer who has the lead's
 * number. Orders count by the tenant's statuses.
 *
 * @param until orders from this instant on are left out
 */
export async function revenueOf(
  { stores, tenantId, countedStatuses }: Merchant,
  { packageId, until }: { readonly packageId?: number; readonly until?: number },
): Promise<number> {
  const ofPackage = packageId === undefined ? sql`` : sql`and l.package_id = ${packageId}`;
  const before = until === undefined ? sql`` : sql`and o.ordered_at < ${until}`;
  const { rows } = await sql<{
    revenue: number | string | null;
  }>`select sum(o.amount_minor - o.refunded_minor) as revenue
    from ${sql.table("rk_leads")} as l
    join ${sql.table("rk_customer_identities")} as i
      on i.tenant_id = l.tenant_id and i.type = 'mobile' and i.value = l.phone_number
    join ${sql.table("rk_orders")} as o on o.tenant_id = i.tenant_id and o.customer_id = i.customer_id
    where l.tenant_id = ${tenantId} and l.deleted_at is null and l.active_phone is not null ${ofPackage}
      and l.first_connected_at is not null
      and o.ordered_at >= l.first_connected_at and o.ordered_at < l.first_connected_at + ${REVENUE_DAYS * DAY_MS}
      and o.uncounted_from is null and o.status in (${sql.join(countedStatuses)}) ${before}`.execute(stores.sql);
  return Number(rows[0]?.revenue ?? 0);
}
