import type { Stores } from "../ports/stores.js";
import type { Customer } from "./customer.js";

/** Customers by the keys asked for; a key of somebody who was merged leads to whom they were merged into. At most 1 000 keys. */
export async function findCustomers(
  stores: Pick<Stores, "customers" | "people">,
  tenantId: number,
  keys: readonly string[],
): Promise<ReadonlyMap<string, Customer>> {
  const found = new Map<string, Customer>();
  for (const customer of await stores.customers.findByKeys(tenantId, keys)) found.set(customer.externalKey, customer);
  const missing = keys.filter((key) => !found.has(key));
  const merged = missing.length > 0 ? await stores.people.findMerged(tenantId, missing) : [];
  if (merged.length === 0) return found;
  const ids = [...new Set(merged.map(({ customerId }) => customerId))];
  const byId = new Map((await stores.customers.getMany(tenantId, ids)).map((customer) => [customer.id, customer]));
  for (const { externalKey, customerId } of merged) {
    const customer = byId.get(customerId);
    if (customer) found.set(externalKey, customer);
  }
  return found;
}
