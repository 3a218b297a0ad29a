import { type InboxDatabase, inboxTables } from "../tables.js";

/** An order as somebody of the desk or the customer is told of it. */
export interface ShownOrder {
  readonly id: number;
  readonly orderNo: string;
  readonly status: string;
  readonly amountMinor: number;
  readonly at: number;
}

/** Somebody's latest orders. */
export async function latestOrders(
  database: InboxDatabase,
  tenantId: number,
  customerId: number,
  limit: number,
): Promise<readonly ShownOrder[]> {
  const rows = await inboxTables(database)
    .selectFrom("rk_orders")
    .selectAll()
    .where("tenant_id", "=", tenantId)
    .where("customer_id", "=", customerId)
    .orderBy("ordered_at", "desc")
    .orderBy("id", "desc")
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    id: row.id,
    orderNo: row.external_id,
    status: row.status,
    amountMinor: row.amount_minor,
    at: row.ordered_at,
  }));
}
