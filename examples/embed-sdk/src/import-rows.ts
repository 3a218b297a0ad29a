import type { CustomerInput, OrderInput, RecallKit } from "@recallkit/core";

/** A shop's own tables, read while they are taken over. */
interface Shop {
  customers(): AsyncIterable<CustomerInput>;
  orders(): AsyncIterable<OrderInput>;
}

export async function importRows(kit: RecallKit, shop: Shop): Promise<number> {
  await kit.customers.upsert(shop.customers()); // any iterable or async iterable
  const result = await kit.orders.ingest(shop.orders(), { source: "shop" });
  for (const { index, path, code } of result.rejected) console.warn(index, path, code);
  return result.rejected.length;
}
