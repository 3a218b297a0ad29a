import { describe } from "vitest";
import type { AudienceQuery } from "../audience/audience-query.js";
import type { AudienceStore } from "../ports/audience-store.js";
import type { OrderWrite } from "../ports/order-store.js";
import {
  audienceStoreConformance,
  customerStoreConformance,
  labelStoreConformance,
  orderStoreConformance,
  tenantStoreConformance,
} from "./index.js";
import {
  broken,
  brokenBy,
  type Faults,
  forgetful,
  merelyTells,
  mixTenants,
  narrow,
  provesEveryCase,
  takes,
  tells,
} from "./testing/broken.js";

/** The spellings that a sloppy collation takes for one. */
const spellings = (text: string) => [...new Set([text, text.toLowerCase(), text.toUpperCase(), text.trim()])];

/** A method that swallows the refusal of a key that is taken. */
const swallows =
  <A extends unknown[]>() =>
  (real: (...args: A) => Promise<readonly number[]>) =>
  (...args: A): Promise<readonly number[]> =>
    real(...args).catch(() => []);

describe("tenants", () => {
  provesEveryCase(tenantStoreConformance, {
    "has no bootstrap tenant": broken(
      { tenants: { get: tells((tenant) => (tenant?.id === 1 ? undefined : tenant)) } },
      ["the schema brings the bootstrap tenant"],
    ),
    "finds somebody else": broken({ tenants: { get: (real) => async (id) => (await real(id)) ?? real(1) } }, [
      "an unknown tenant is undefined",
    ]),
    "begins at revision 1": broken({ tenants: { get: tells((tenant) => tenant && { ...tenant, revision: 1 }) } }, [
      "a new tenant has no history",
    ]),
    "drops emoji": broken({ tenants: { insert: takes((tenant) => [{ ...tenant, name: narrow(tenant.name) }]) } }, [
      "every field comes back",
    ]),
    "lists the newest first": broken({ tenants: { list: tells((tenants) => tenants.toReversed()) } }, [
      "tenants are listed by ascending id",
    ]),
    "empties what a patch leaves out": broken(
      { tenants: { update: takes((id, patch) => [id, { name: "", ...patch }]) } },
      ["an update changes the fields of its patch only"],
    ),
    "counts no revisions": broken({ tenants: { recordChanges: tells(() => 1) } }, [
      "each record of changes raises the revision by one",
      "50 transactions at once get 50 revisions without a gap",
    ]),
    "forgets the latest order": broken(
      { tenants: { recordChanges: takes((id, changes, { at }) => [id, changes, { at }]) } },
      ["the latest order instant only rises"],
    ),
    "feeds the newest first": broken({ tenants: { changesSince: tells((changes) => changes.toReversed()) } }, [
      "the feed runs by revision, kind and id",
    ]),
    "ignores tenantId": brokenBy(mixTenants, [
      "an update leaves other tenants alone",
      "change feeds of tenants are apart",
    ]),
    "forgets on reopen": forgetful(["tenants and changes survive a restart"]),
  });
});

describe("customers", () => {
  provesEveryCase(customerStoreConformance, {
    "finds an owner for every identity": broken(
      {
        customers: { findOwners: () => async (_, asked) => asked.map((identity) => ({ ...identity, customerId: 1 })) },
      },
      ["an empty store finds nobody", "unknown keys and identities are left out"],
    ),
    "drops emoji": broken(
      {
        customers: {
          insertMany: takes((rows) => [rows.map((row) => ({ ...row, name: row.name && narrow(row.name) }))]),
        },
      },
      ["every field comes back"],
    ),
    "answers ids in order of keys": broken(
      {
        customers: { insertMany: takes((rows) => [rows.toSorted((a, b) => (a.externalKey < b.externalKey ? -1 : 1))]) },
      },
      ["ids come in the order given"],
    ),
    "takes 999 rows": broken({ customers: { findByKeys: takes((tenantId, keys) => [tenantId, keys.slice(0, 999)]) } }, [
      "calls take 1 000 rows",
    ]),
    "has case-insensitive keys": broken(
      { customers: { findByKeys: takes((tenantId, keys) => [tenantId, keys.flatMap(spellings)]) } },
      ["keys and identities compare bytewise"],
    ),
    "lets every caller win": broken({ customers: { insertMany: swallows() } }, [
      "a key that is taken is refused",
      "an identity that is taken is refused",
      "of 50 callers with one key one wins",
    ]),
    "keeps the rows before a refusal": broken(
      {
        customers: {
          insertMany: (real) => async (rows) => {
            const ids: number[] = [];
            for (const row of rows) ids.push(...(await real([row])));
            return ids;
          },
        },
      },
      ["a refused call adds nobody"],
    ),
    "keeps the identities of an update": broken(
      {
        customers: {
          updateMany:
            (real, { customers }) =>
            async (rows) => {
              for (const row of rows) {
                const before = await customers.get(row.tenantId, row.id);
                await real([{ ...row, identities: { ...before?.identities, ...row.identities } }]);
              }
            },
        },
      },
      ["an update writes the whole row", "an update frees the identities that it leaves out"],
    ),
    "drops refused updates": broken(
      { customers: { updateMany: (real) => (rows) => real(rows).catch(() => undefined) } },
      ["an update can't take a key or identity of another customer"],
    ),
    "ignores tenantId": brokenBy(mixTenants, [
      "two tenants may hold the same keys and identities",
      "a foreign customer can be neither read nor written",
    ]),
    "forgets on reopen": forgetful(["customers survive a restart"]),
  });
});

/** Orders with a column overwritten on the way in. */
const rewritten = (change: (order: OrderWrite) => Partial<OrderWrite>): Faults => ({
  orders: {
    insertMany: takes((orders) => [orders.map((order) => ({ ...order, ...change(order) }))]),
    updateMany: takes((orders) => [orders.map((order) => ({ ...order, ...change(order) }))]),
  },
});

describe("orders", () => {
  provesEveryCase(orderStoreConformance, {
    "counts one too many": broken({ orders: { count: tells((count) => count + 1) } }, ["an empty store finds nothing"]),
    "drops emoji": broken(
      rewritten(({ externalId }) => ({ externalId: narrow(externalId) })),
      ["what ingestion reads comes back"],
    ),
    "keeps whole seconds": broken(
      rewritten(({ orderedAt }) => ({ orderedAt: Math.floor(orderedAt / 1000) * 1000 })),
      ["an order is a fact of its customer"],
    ),
    "answers ids in order of keys": broken(
      { orders: { insertMany: takes((rows) => [rows.toSorted((a, b) => (a.externalId < b.externalId ? -1 : 1))]) } },
      ["ids come in the order given"],
    ),
    "takes 999 orders": broken({ orders: { updateMany: takes((rows) => [rows.slice(0, 999)]) } }, [
      "calls take 1 000 orders",
    ]),
    "has case-insensitive keys": broken(
      { orders: { findByExternalIds: takes((tenantId, source, keys) => [tenantId, source, keys.flatMap(spellings)]) } },
      ["sources and order numbers compare bytewise"],
    ),
    "lets every caller win": broken({ orders: { insertMany: swallows() } }, [
      "a number that is taken is refused within its source",
      "of 50 callers with one number one wins",
    ]),
    "keeps the rows before a refusal": broken(
      {
        orders: {
          insertMany: (real) => async (rows) => {
            const ids: number[] = [];
            for (const row of rows) ids.push(...(await real([row])));
            return ids;
          },
        },
      },
      ["a refused call adds nothing"],
    ),
    "drops updates": broken({ orders: { updateMany: merelyTells(undefined) } }, [
      "an update writes the whole row",
      "an update replaces the labels",
    ]),
    "ignores tenantId": brokenBy(mixTenants, [
      "two tenants may hold the same numbers",
      "a foreign order can be neither read nor written",
    ]),
    "forgets on reopen": forgetful(["orders survive a restart"]),
  });
});

describe("labels", () => {
  provesEveryCase(labelStoreConformance, {
    "finds what was asked for": broken(
      {
        labels: {
          findMany: (real) => async (tenantId, refs) => [
            ...(await real(tenantId, refs)),
            ...refs.map((ref) => ({ ...ref, id: 0, name: "" })),
          ],
        },
      },
      ["an empty library finds nothing"],
    ),
    "drops emoji": broken(
      {
        labels: {
          insertMany: takes((tenantId, rows) => [tenantId, rows.map((row) => ({ ...row, name: narrow(row.name) }))]),
        },
      },
      ["every field comes back in every kind"],
    ),
    "takes 999 labels": broken({ labels: { findMany: takes((tenantId, refs) => [tenantId, refs.slice(0, 998)]) } }, [
      "calls take 1 000 labels",
    ]),
    "drops renames": broken({ labels: { rename: merelyTells(undefined) } }, ["a rename changes the name only"]),
    "sorts by UTF-16 units": broken(
      { labels: { list: tells((labels) => labels.toSorted((a, b) => (a.key < b.key ? -1 : 1))) } },
      ["a list runs by the bytes of the key, every label once"],
    ),
    "lets a page skip a row": broken(
      { labels: { list: tells((labels, _, __, { limit }) => labels.slice(labels.length < limit ? 0 : 1)) } },
      ["a list runs by the bytes of the key, every label once"],
    ),
    "has case-insensitive keys": broken(
      {
        labels: {
          findMany: takes((tenantId, refs) => [
            tenantId,
            refs.flatMap(({ kind, key }) => spellings(key).map((each) => ({ kind, key: each }))),
          ]),
        },
      },
      ["keys compare bytewise"],
    ),
    "lets every caller win": broken(
      {
        labels: {
          insertMany:
            (real) =>
            (...args) =>
              real(...args).catch(() => [1]),
          assign: tells((_, __, pairs) => pairs.length),
        },
      },
      [
        "a key that is taken is refused within its kind",
        "of 50 callers with one key one wins",
        "a label is given once",
        "50 callers who give one label add one pair",
      ],
    ),
    "counts what was asked": broken({ labels: { unassign: tells((_, __, pairs) => pairs.length) } }, [
      "a label is taken once",
    ]),
    "ignores tenantId": brokenBy(mixTenants, [
      "two tenants may hold the same keys",
      "a foreign label can be neither read nor written",
    ]),
    "forgets on reopen": forgetful(["labels survive a restart"]),
  });
});

/** An audience that runs another query than the one it was asked. */
const misread = (change: (query: AudienceQuery) => AudienceQuery): Faults => ({
  audience: {
    count: takes((query) => [change(query)]),
    page: takes((query, afterId, limit) => [change(query), afterId, limit]),
    includes: takes((query, customerId) => [change(query), customerId]),
  },
});

const withWindow = (change: (window: NonNullable<AudienceQuery["window"]>) => Partial<AudienceQuery["window"]>) =>
  misread((query) => (query.window ? { ...query, window: { ...query.window, ...change(query.window) } } : query));

const withAsOf = (shift: number) =>
  misread((query) => ({ ...query, orders: { ...query.orders, asOf: query.orders.asOf + shift } }));

/** Membership put together from two questions instead of one. */
const includesOf = (
  ask: (includes: AudienceStore["includes"], query: AudienceQuery, id: number) => Promise<boolean>,
): Faults => ({
  audience: {
    includes: (real: AudienceStore["includes"]) => (query: AudienceQuery, id: number) => ask(real, query, id),
  },
});

const withoutWindow = ({ window, ...query }: AudienceQuery): AudienceQuery => query;
const withoutAddress = ({ reachableBy, ...query }: AudienceQuery): AudienceQuery => query;

describe("audience", () => {
  provesEveryCase(audienceStoreConformance, {
    "counts one too many": broken({ audience: { count: tells((count) => count + 1) } }, [
      "an empty tenant has no members",
    ]),
    "leaves out who never ordered": broken(
      {
        audience: {
          includes: (real, stores) => async (query, id) =>
            (await real(query, id)) && (await stores.audience.facts(query.tenantId, id, query.orders)).orderCount > 0,
        },
      },
      ["without a condition everybody is in"],
    ),
    "drops emoji": broken(
      {
        customers: {
          insertMany: takes((rows) => [rows.map((row) => ({ ...row, externalKey: narrow(row.externalKey) }))]),
        },
      },
      ["a page names members by id and key"],
    ),
    "lets a page skip a row": broken(
      { audience: { page: takes((query, afterId, limit) => [query, afterId === 0 ? 0 : afterId + 1, limit]) } },
      ["pages hold every member once"],
    ),
    "ignores reachableBy": broken(misread(withoutAddress), ["reachableBy keeps people with an identity of the type"]),
    "treats the window end as inclusive": broken(
      withWindow(({ to }) => ({ to: to + 1 })),
      ["a window holds its first instant and not its end", "an empty window matches nobody"],
    ),
    "treats last-order as any-order": broken(
      withWindow(() => ({ recency: "any-order" })),
      ["last-order leaves out who came back after the window"],
    ),
    "treats any-order as last-order": broken(
      withWindow(() => ({ recency: "last-order" })),
      ["any-order keeps who came back after the window"],
    ),
    "sees orders at asOf": broken(withAsOf(1), ["orders at asOf and later do not exist"]),
    "counts every status": broken(
      rewritten(() => ({ status: "paid" })),
      ["orders of other statuses do not count", "a label of an order needs an order that counts"],
    ),
    "counts paid orders without being told": broken(
      misread((query) => ({ ...query, orders: { ...query.orders, statuses: ["paid"] } })),
      ["no status counts nothing"],
    ),
    "counts refunded orders": broken(
      rewritten(() => ({ refundedMinor: 0 })),
      ["an order refunded in full before asOf does not count", "a refunded order leaves the one before it as the last"],
    ),
    "takes any refund for a full one": broken(
      rewritten(({ refundedMinor, amountMinor }) => ({ refundedMinor: refundedMinor > 0 ? amountMinor : 0 })),
      ["orders without a full refund count, 0 included", "facts cover the counted orders before asOf"],
    ),
    "drops groups without ids": broken(
      misread((query) => ({
        ...query,
        labelGroups: query.labelGroups.filter(
          (group) => group.customerLabelIds.length + group.orderLabelIds.length > 0,
        ),
      })),
      ["a group without ids matches nobody"],
    ),
    "drops labels that it does not know": broken(
      misread((query) => ({
        ...query,
        labelGroups: query.labelGroups.filter(
          (group) => ![...group.customerLabelIds, ...group.orderLabelIds].includes(1_000_000),
        ),
      })),
      ["an unknown label matches nobody"],
    ),
    "joins groups by OR": broken(
      misread((query) => ({
        ...query,
        labelGroups:
          query.labelGroups.length < 2
            ? query.labelGroups
            : [
                {
                  customerLabelIds: query.labelGroups.flatMap((group) => group.customerLabelIds),
                  orderLabelIds: query.labelGroups.flatMap((group) => group.orderLabelIds),
                },
              ],
      })),
      ["one label of a group suffices, every group must match", "groups may be met by different orders"],
    ),
    "looks for every label everywhere": broken(
      misread((query) => ({
        ...query,
        labelGroups: query.labelGroups.map((group) => {
          const ids = [...group.customerLabelIds, ...group.orderLabelIds];
          return { customerLabelIds: ids, orderLabelIds: ids };
        }),
      })),
      ["labels of people and of orders are looked up apart"],
    ),
    "wants an order for a label of the person": broken(
      {
        audience: {
          includes: (real, stores) => async (query, id) =>
            (await real(query, id)) && (await stores.audience.facts(query.tenantId, id, query.orders)).orderCount > 0,
        },
      },
      ["a label of the person needs no order in the window"],
    ),
    "looks for labels outside the window": broken(
      includesOf(
        async (includes, query, id) =>
          (await includes(withoutWindow(query), id)) && (await includes({ ...query, labelGroups: [] }, id)),
      ),
      ["a label of an order must sit on an order inside the window"],
    ),
    "takes 999 labels": broken(
      misread((query) => ({
        ...query,
        labelGroups: query.labelGroups.map(({ customerLabelIds, orderLabelIds }) => ({
          customerLabelIds,
          orderLabelIds: orderLabelIds.slice(0, 999),
        })),
      })),
      ["a group takes 1 000 labels"],
    ),
    "says 0 for no order": broken(
      { audience: { facts: tells((facts) => ({ ...facts, firstOrderAt: facts.firstOrderAt ?? 0 })) } },
      ["facts without orders are 0 and null"],
    ),
    "ignores tenantId": brokenBy(mixTenants, [
      "foreign customers are in no audience",
      "a foreign label matches nobody",
    ]),
    "forgets on reopen": forgetful(["audiences survive a restart"]),
  });
});
