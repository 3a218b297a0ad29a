import type { Stores } from "../ports/stores.js";

/**
 * Runs changes of a tenant's people, orders and labels one after the other: each compares rows with those that are stored
 * and then writes, so that two at once would overwrite each other's facts or add the same row twice.
 */
export function inTurn<T>(stores: Stores, tenantId: number, work: (tx: Stores) => Promise<T>): Promise<T> {
  return stores.transaction(async (tx) => {
    await tx.tenants.get(tenantId, "exclusive");
    return work(tx);
  });
}
