import { describe } from "vitest";
import {
  customerStoreConformance,
  labelStoreConformance,
  orderStoreConformance,
  tenantStoreConformance,
} from "./index.js";
import {
  broken,
  brokenBy,
  forgetful,
  merelyTells,
  mixTenants,
  narrow,
  provesEveryCase,
  rewritten,
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
    "lists names the other way round": broken({ customers: { findByName: tells((rows) => rows.toReversed()) } }, [
      "people are found by the beginning of their names, name by name",
    ]),
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
    "finds people of every tenant": broken(
      {
        customers: {
          getMany:
            (real, { tenants }) =>
            async (_, ids) =>
              (await Promise.all((await tenants.list()).map(({ id }) => real(id, ids)))).flat(),
        },
      },
      ["people are found by their ids"],
    ),
    "drops refused updates": broken(
      { customers: { updateMany: (real) => (rows) => real(rows).catch(() => undefined) } },
      ["an update can't take a key or identity of another customer"],
    ),
    "keeps attributes that are taken away": broken(
      {
        customers: {
          writeAttributes: takes((tenantId, rows) => [tenantId, rows.filter(({ value }) => value !== null)]),
        },
      },
      ["attributes come back as they were written, and go with a null"],
    ),
    "writes 999 attributes": broken(
      { customers: { writeAttributes: takes((tenantId, rows) => [tenantId, rows.slice(0, 999)]) } },
      ["attribute calls take 1 000 rows"],
    ),
    "ignores tenantId": brokenBy(mixTenants, [
      "attributes of tenants are apart",
      "two tenants may hold the same keys and identities",
      "a foreign customer can be neither read nor written",
    ]),
    "forgets on reopen": forgetful(["customers survive a restart"]),
  });
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
    "tells labels of every kind": broken(
      {
        labels: {
          held: (real) => async (tenantId, ids) => [
            ...(await real(tenantId, ids, "city")),
            ...(await real(tenantId, ids, "sku")),
          ],
        },
      },
      ["labels of a kind are found by those who have them"],
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
