import type { Stores } from "../ports/stores.js";

/**
 * Runs changes of a tenant's people, orders and labels one after the other: each compares rows with those that are stored
 * and then writes, so that two at once would overwrite each other's facts or add the same row twice.
 *
 * @param work is told the tenant's revision: whoever finds the one that it left behind knows that nobody changed anything
 */
export function inTurn<T>(
  stores: Stores,
  tenantId: number,
  work: (tx: Stores, revision: number) => Promise<T>,
): Promise<T> {
  return stores.transaction(async (tx) => {
    const tenant = await tx.tenants.get(tenantId, "exclusive");
    return work(tx, tenant?.revision ?? 0);
  });
}
