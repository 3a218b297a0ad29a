import type { AudienceStore } from "../../ports/audience-store.js";
import { compositeKey, ofTenant } from "../table.js";
import type { Database, Tables } from "../tables.js";
import { countedOrders, membersAfter, membershipOf, stepsOf } from "./membership.js";

/** {@link AudienceStore} in memory. */
export function audienceStore(db: Database): AudienceStore {
  const { tables } = db;
  return {
    count: (query) => db.read(() => membersAfter(tables, query, 0, Number.POSITIVE_INFINITY).length),
    steps: (query) => db.read(() => stepsOf(tables, query)),
    page: (query, afterId, limit) =>
      db.read(() =>
        membersAfter(tables, query, afterId, limit).map(({ id, externalKey }) => ({ customerId: id, externalKey })),
      ),
    includes: (query, customerId) =>
      db.read(() => {
        const customer = tables.customers.get(customerId);
        return customer !== undefined && membershipOf(tables, query)(customer);
      }),
    rows: (tenantId, which) =>
      db.read(() => {
        const people = tables.customersByTenant.rows(tenantId);
        const named = "afterId" in which ? undefined : namedIn(tables, tenantId, which);
        const meant =
          "afterId" in which
            ? people.filter(({ id }) => id > which.afterId).slice(0, which.limit)
            : people.filter(({ id }) => named?.has(id));
        return meant.map(({ id, bornOn }) => ({
          customerId: id,
          bornOn,
          labelIds: [...(tables.customerLabelsByCustomer.find(compositeKey(tenantId, id))?.labelIds ?? [])],
          orders: tables.ordersByCustomer
            .rows(id)
            .filter((order) => order.tenantId === tenantId)
            .map(({ orderedAt, status, amountMinor, refundedMinor, refundedAt, labelIds }) => ({
              ...{ orderedAt, status, amountMinor, refundedMinor, refundedAt },
              labelIds: [...labelIds],
            })),
        }));
      }),
    facts: (tenantId, customerId, orders) =>
      db.read(() => {
        const instants = countedOrders(tables, tenantId, customerId, orders)
          .map(({ orderedAt }) => orderedAt)
          .sort((a, b) => a - b);
        return {
          orderCount: instants.length,
          firstOrderAt: instants.at(0) ?? null,
          lastOrderAt: instants.at(-1) ?? null,
        };
      }),
  };
}

function namedIn(
  tables: Tables,
  tenantId: number,
  { customerIds, orderIds }: { readonly customerIds: readonly number[]; readonly orderIds: readonly number[] },
): ReadonlySet<number> {
  const buyers = orderIds.flatMap((id) => ofTenant(tables.orders.get(id), tenantId)?.customerId ?? []);
  return new Set([...customerIds, ...buyers]);
}
