import type { RecallKit } from "@recallkit/core";
import type { Kysely } from "kysely";

/** The shop's own table. */
export interface ShopTables {
  shop_orders: { id: string; customer_key: string; amount: string };
}

/** Keeps an order, and tells RecallKit of it: both, or neither. */
export async function placeOrder(
  db: Kysely<ShopTables>,
  kit: RecallKit,
  order: ShopTables["shop_orders"],
): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await trx.insertInto("shop_orders").values(order).execute();
    const { id, customer_key, amount } = order;
    const row = { externalId: id, externalKey: customer_key, orderedAt: new Date(), lines: [{ sku: "*", amount }] };
    await kit.withTransaction(trx).orders.ingest([row], { source: "shop" });
  });
}
