import type { SqlStores } from "@recallkit/storage-adapters/sqlite";

/** Ids of customers by their codes; the code of somebody who was merged leads to whom they were merged into. At most 1 000. */
export async function findPeople(
  stores: Pick<SqlStores, "customers" | "people">,
  tenantId: number,
  codes: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  if (codes.length === 0) return new Map();
  const found = await stores.customers.findByKeys(tenantId, codes);
  const ids = new Map(found.map(({ externalKey, id }) => [externalKey, id]));
  const missing = codes.filter((code) => !ids.has(code));
  const merged = missing.length > 0 ? await stores.people.findMerged(tenantId, missing) : [];
  for (const { externalKey, customerId } of merged) ids.set(externalKey, customerId);
  return ids;
}
