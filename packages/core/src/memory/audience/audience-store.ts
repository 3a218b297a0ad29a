import type { AudienceStore } from "../../ports/audience-store.js";
import type { Database } from "../tables.js";
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
