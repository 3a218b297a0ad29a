import type { AudienceQuery } from "../audience/audience-query.js";
import type { LabelKind } from "../customer/label.js";
import type { NewCustomer } from "../ports/customer-store.js";
import type { OrderWrite } from "../ports/order-store.js";
import type { Stores } from "../ports/stores.js";
import { rowHash } from "../text.js";
import type { Scene } from "./conformance-case.js";
import { present } from "./expect.js";

/** Text that weak encodings and collations lose: emoji, Han beyond the BMP, quotes, outer blanks. */
export const DIFFICULT_TEXT = " 喵～🐱 𠮷野家 'a\" \\ é\t中文\n ";

/** Keys that only a bytewise comparison keeps apart; ascending in UTF-8. */
export const BYTEWISE_KEYS = ["A", "a", "a ", "e\u0301", "\u00e9", "\uff21", "\ud842\udfb7"] as const;

/** A second tenant beside the one of the scene. */
export async function addTenant(stores: Pick<Stores, "tenants">): Promise<number> {
  const tenant = await stores.tenants.insert({
    name: "neighbour",
    timeZone: "Asia/Shanghai",
    currency: "CNY",
    createdAt: 0,
  });
  return tenant.id;
}

/** A customer without name, birthday and identities. */
export function newCustomer(tenantId: number, externalKey: string, row: Partial<NewCustomer> = {}): NewCustomer {
  return {
    tenantId,
    externalKey,
    name: null,
    bornOn: null,
    timeZone: null,
    identities: {},
    rowHash: rowHash([externalKey]),
    createdAt: 0,
    updatedAt: 0,
    ...row,
  };
}

/** Adds one customer. @returns its id */
export async function addCustomer(
  stores: Pick<Stores, "customers">,
  tenantId: number,
  key: string,
  row: Partial<NewCustomer> = {},
): Promise<number> {
  const [id] = await stores.customers.insertMany([newCustomer(tenantId, key, row)]);
  return present(id, "id of a new customer");
}

/** Adds customers `c1`, `c2` … with the WeCom ids `wm_c1`, `wm_c2` … @returns their ids, ascending */
export async function addReachable(
  stores: Pick<Stores, "customers">,
  tenantId: number,
  count: number,
  prefix = "c",
): Promise<readonly number[]> {
  const rows = Array.from({ length: count }, (_, index) => {
    const key = `${prefix}${index + 1}`;
    return newCustomer(tenantId, key, { identities: { external_userid: `wm_${key}` } });
  });
  const ids: number[] = [];
  for (let start = 0; start < rows.length; start += 1000) {
    ids.push(...(await stores.customers.insertMany(rows.slice(start, start + 1000))));
  }
  return ids.toSorted((a, b) => a - b);
}

/** A paid order of 100.00 without lines and labels. */
export function newOrder(
  tenantId: number,
  customerId: number,
  externalId: string,
  row: Partial<OrderWrite> = {},
): OrderWrite {
  return {
    tenantId,
    source: "shop",
    externalId,
    customerId,
    orderedAt: 0,
    amountMinor: 10_000,
    refundedMinor: 0,
    refundedAt: null,
    status: "paid",
    rowHash: rowHash([externalId]),
    lines: [],
    labelIds: [],
    ...row,
  };
}

/** Adds one order. @returns its id */
export async function addOrder(
  stores: Pick<Stores, "orders">,
  tenantId: number,
  customerId: number,
  externalId: string,
  row: Partial<OrderWrite> = {},
): Promise<number> {
  const [id] = await stores.orders.insertMany([newOrder(tenantId, customerId, externalId, row)]);
  return present(id, "id of a new order");
}

/** Adds one label whose name is its key. @returns its id */
export async function addLabel(
  stores: Pick<Stores, "labels">,
  tenantId: number,
  kind: LabelKind,
  key: string,
): Promise<number> {
  const [id] = await stores.labels.insertMany(tenantId, [{ kind, key, name: key }]);
  return present(id, "id of a new label");
}

/** Customers by key with their orders; order numbers are `<key>/<n>`. @returns their ids by key */
export async function addShop<K extends string>(
  { stores, tenantId }: Pick<Scene, "stores" | "tenantId">,
  people: Readonly<Record<K, readonly Partial<OrderWrite>[]>>,
): Promise<Readonly<Record<K, number>>> {
  // Object.entries forgets the key type that the parameter guarantees.
  const entries = Object.entries(people) as [K, readonly Partial<OrderWrite>[]][];
  const ids = await stores.customers.insertMany(entries.map(([key]) => newCustomer(tenantId, key)));
  const known = entries.map(([key, orders], index) => ({ key, orders, id: present(ids[index], `id of ${key}`) }));
  const orders = known.flatMap(({ key, id, orders }) =>
    orders.map((order, index) => newOrder(tenantId, id, `${key}/${index + 1}`, order)),
  );
  await stores.orders.insertMany(orders);
  // The record has one entry for each key of `people`.
  return Object.fromEntries(known.map(({ key, id }) => [key, id])) as Record<K, number>;
}

/** Every customer of the tenant, with orders before `now` that are paid. */
export function everybody(
  { tenantId, now }: Pick<Scene, "tenantId" | "now">,
  query: Partial<AudienceQuery> = {},
): AudienceQuery {
  return { tenantId, orders: { asOf: now, statuses: ["paid"] }, labelGroups: [], ...query };
}
