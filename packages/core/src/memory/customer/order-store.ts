import { ConflictError } from "../../errors.js";
import type { OrderStore, OrderWrite } from "../../ports/order-store.js";
import { compositeKey, ofTenant } from "../table.js";
import type { Database } from "../tables.js";
import type { OrderRow } from "./tables.js";

/** {@link OrderStore} in memory. */
export function orderStore(db: Database): OrderStore {
  const { orders, ordersByKey, ordersByTenant } = db.tables;

  function refuseTaken(written: readonly OrderRow[]): void {
    for (const { tenantId, source, externalId } of written) {
      if (ordersByKey.count(compositeKey(tenantId, source, externalId)) > 1) {
        throw new ConflictError("order.key-taken", "another order of the source has this external id");
      }
    }
  }

  return {
    findByExternalIds: (tenantId, source, externalIds) =>
      db.read(() =>
        [...new Set(externalIds)].flatMap((externalId) => {
          const order = ordersByKey.find(compositeKey(tenantId, source, externalId));
          return order ? { id: order.id, externalId, customerId: order.customerId, rowHash: order.rowHash } : [];
        }),
      ),
    insertMany: (added) =>
      db.write(() => {
        const written = added.map((order) => orders.insert((id) => ownCopy({ ...order, id })));
        refuseTaken(written);
        return written.map(({ id }) => id);
      }),
    updateMany: (changed) =>
      db.write(() => {
        const written = changed
          .filter(({ tenantId, id }) => ofTenant(orders.get(id), tenantId))
          .map((order) => orders.replace(ownCopy(order)));
        refuseTaken(written);
      }),
    count: (tenantId) => db.read(() => ordersByTenant.count(tenantId)),
  };
}

function ownCopy(order: OrderWrite & { readonly id: number }): OrderRow {
  return { ...order, lines: order.lines.map((line) => ({ ...line })), labelIds: [...order.labelIds] };
}
