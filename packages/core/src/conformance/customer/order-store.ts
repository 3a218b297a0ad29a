import type { OrderWrite } from "../../ports/order-store.js";
import { rowHash } from "../../text.js";
import {
  addCustomer,
  addLabel,
  addOrder,
  addShop,
  addTenant,
  BYTEWISE_KEYS,
  DIFFICULT_TEXT,
  everybody,
  newOrder,
} from "../builders.js";
import {
  type ConformanceCase,
  casesOf,
  type DurableScene,
  type Facts,
  type Scene,
  type StoresHarness,
} from "../conformance-case.js";
import { ascending, expectError, expectOneWinner, expectSame, present, settle } from "../expect.js";

/** Facts about `OrderStore`. Lines and labels are seen through the audience only. */
export function orderStoreConformance(harness: StoresHarness): readonly ConformanceCase[] {
  return casesOf("orders", harness, { ...reading, ...keys, ...updates, ...tenants }, restart);
}

/** An order with all there is, at the latest instant before `now`. */
const fullOrder = ({ tenantId, now }: Scene, customerId: number, labelIds: readonly number[]): OrderWrite =>
  newOrder(tenantId, customerId, DIFFICULT_TEXT, {
    source: `source ${DIFFICULT_TEXT}`,
    orderedAt: now - 1,
    amountMinor: Number.MAX_SAFE_INTEGER,
    refundedMinor: 1,
    refundedAt: now,
    lines: [
      { sku: DIFFICULT_TEXT, name: "𠮷", quantity: 0, amountMinor: 0 },
      { sku: null, name: null, quantity: 3, amountMinor: Number.MAX_SAFE_INTEGER },
    ],
    labelIds,
  });

const reading: Facts = {
  "an empty store finds nothing": async ({ stores: { orders }, tenantId }) => {
    expectSame(await orders.findByExternalIds(tenantId, "shop", ["o1"]), [], "orders");
    expectSame(await orders.count(tenantId), 0, "count");
    expectSame(await orders.insertMany([]), [], "ids of no orders");
  },

  "what ingestion reads comes back": async (scene) => {
    const { stores, tenantId } = scene;
    const customerId = await addCustomer(stores, tenantId, "c1");
    const row = fullOrder(scene, customerId, [await addLabel(stores, tenantId, "sku", "s1")]);
    const [id] = await stores.orders.insertMany([row]);
    const expected = { id: present(id, "id"), externalId: row.externalId, customerId, rowHash: row.rowHash };
    expectSame(
      await stores.orders.findByExternalIds(tenantId, row.source, ["o0", row.externalId]),
      [expected],
      "orders",
    );
  },

  "an order is a fact of its customer": async (scene) => {
    const { stores, tenantId, now } = scene;
    const customerId = await addCustomer(stores, tenantId, "c1");
    await stores.orders.insertMany([fullOrder(scene, customerId, [])]);
    const facts = await stores.audience.facts(tenantId, customerId, { asOf: now, statuses: ["paid"] });
    expectSame(facts, { orderCount: 1, firstOrderAt: now - 1, lastOrderAt: now - 1 }, "facts");
  },

  "ids come in the order given": async ({ stores, tenantId }) => {
    const customerId = await addCustomer(stores, tenantId, "c1");
    const ids = await stores.orders.insertMany(["z", "a", "m"].map((key) => newOrder(tenantId, customerId, key)));
    const stored = await stores.orders.findByExternalIds(tenantId, "shop", ["a", "m", "z"]);
    const byId = new Map(stored.map(({ id, externalId }) => [id, externalId]));
    expectSame(
      ids.map((id) => byId.get(id)),
      ["z", "a", "m"],
      "order numbers by id",
    );
  },

  "calls take 1 000 orders": async ({ stores, tenantId }) => {
    const customerId = await addCustomer(stores, tenantId, "c1");
    const labelIds = [await addLabel(stores, tenantId, "sku", "s1"), await addLabel(stores, tenantId, "brand", "b1")];
    const lines = [1, 2, 3].map((quantity) => ({ sku: "s1", name: null, quantity, amountMinor: 100 }));
    const keys = Array.from({ length: 1000 }, (_, index) => `o${index}`);
    const rows = keys.map((key) => newOrder(tenantId, customerId, key, { lines, labelIds }));
    const ids = await stores.orders.insertMany(rows);
    expectSame(await stores.orders.count(tenantId), 1000, "count");
    await stores.orders.updateMany(
      rows.map((row, index) => ({ ...row, id: present(ids[index], "id"), rowHash: rowHash(["new"]) })),
    );
    const stored = await stores.orders.findByExternalIds(tenantId, "shop", keys);
    expectSame(ascending(stored.map(({ id }) => id)), ascending(ids), "orders found");
    expectSame(new Set(stored.map((order) => order.rowHash)), new Set([rowHash(["new"])]), "hashes after the update");
  },
};

const keys: Facts = {
  "sources and order numbers compare bytewise": async ({ stores, tenantId }) => {
    const customerId = await addCustomer(stores, tenantId, "c1");
    const rows = BYTEWISE_KEYS.flatMap((key) => [
      newOrder(tenantId, customerId, key),
      newOrder(tenantId, customerId, "o1", { source: key }),
    ]);
    const ids = await stores.orders.insertMany(rows);
    for (const [index, key] of BYTEWISE_KEYS.entries()) {
      const byNumber = await stores.orders.findByExternalIds(tenantId, "shop", [key]);
      const bySource = await stores.orders.findByExternalIds(tenantId, key, ["o1"]);
      const found = [...byNumber, ...bySource].map(({ id }) => id);
      expectSame(found, ids.slice(index * 2, index * 2 + 2), `orders with the key ${key}`);
    }
  },

  "a number that is taken is refused within its source": async ({ stores, tenantId }) => {
    const customerId = await addCustomer(stores, tenantId, "c1");
    const row = newOrder(tenantId, customerId, "o1");
    await stores.orders.insertMany([row]);
    await expectError(stores.orders.insertMany([row]), "order.key-taken");
    const twice = newOrder(tenantId, customerId, "o2");
    await expectError(stores.orders.insertMany([twice, twice]), "order.key-taken");
    await stores.orders.insertMany([{ ...row, source: "till" }]);
    expectSame(await stores.orders.count(tenantId), 2, "orders");
  },

  "a refused call adds nothing": async ({ stores, tenantId }) => {
    const customerId = await addCustomer(stores, tenantId, "c1");
    await addOrder(stores, tenantId, customerId, "o1");
    const rows = ["o0", "o1", "o2"].map((key) => newOrder(tenantId, customerId, key));
    await expectError(stores.orders.insertMany(rows), "order.key-taken");
    expectSame(await stores.orders.count(tenantId), 1, "orders");
  },

  "of 50 callers with one number one wins": async ({ stores, tenantId }) => {
    const customerId = await addCustomer(stores, tenantId, "c1");
    await expectOneWinner(50, "order.key-taken", () => addOrder(stores, tenantId, customerId, "o1"));
    expectSame(await stores.orders.count(tenantId), 1, "orders");
  },
};

const updates: Facts = {
  "an update writes the whole row": async (scene) => {
    const { stores, tenantId, now } = scene;
    const { old, buyer } = await addShop(scene, { old: [{ orderedAt: 5 }], buyer: [] });
    const [stored] = await stores.orders.findByExternalIds(tenantId, "shop", ["old/1"]);
    const id = present(stored, "the order").id;
    const row = newOrder(tenantId, buyer, "o2", {
      source: "till",
      orderedAt: 9,
      status: "completed",
      rowHash: rowHash(["new"]),
    });
    await stores.orders.updateMany([{ ...row, id }]);
    expectSame(await stores.orders.findByExternalIds(tenantId, "shop", ["old/1"]), [], "order under its old key");
    const expected = { id, externalId: "o2", customerId: buyer, rowHash: rowHash(["new"]) };
    expectSame(await stores.orders.findByExternalIds(tenantId, "till", ["o2"]), [expected], "order under its new key");
    const counted = { asOf: now, statuses: ["completed"] };
    expectSame((await stores.audience.facts(tenantId, buyer, counted)).lastOrderAt, 9, "order of the new customer");
    expectSame((await stores.audience.facts(tenantId, old, counted)).orderCount, 0, "orders of the old customer");
  },

  "an update replaces the labels": async (scene) => {
    const { stores, tenantId } = scene;
    const before = await addLabel(stores, tenantId, "sku", "s1");
    const after = await addLabel(stores, tenantId, "sku", "s2");
    const customerId = await addCustomer(stores, tenantId, "c1");
    const id = await addOrder(stores, tenantId, customerId, "o1", { labelIds: [before] });
    await stores.orders.updateMany([{ ...newOrder(tenantId, customerId, "o1", { labelIds: [after] }), id }]);
    const members = (labelId: number) =>
      stores.audience.count(everybody(scene, { labelGroups: [{ customerLabelIds: [], orderLabelIds: [labelId] }] }));
    expectSame([await members(before), await members(after)], [0, 1], "customers with the old and the new label");
  },
};

const tenants: Facts = {
  "two tenants may hold the same numbers": async ({ stores, tenantId }) => {
    const other = await addTenant(stores);
    const mine = await addOrder(stores, tenantId, await addCustomer(stores, tenantId, "c1"), "o1");
    const theirs = await addOrder(stores, other, await addCustomer(stores, other, "c1"), "o1");
    const found = await Promise.all([tenantId, other].map((id) => stores.orders.findByExternalIds(id, "shop", ["o1"])));
    expectSame(
      found.map((orders) => orders.map(({ id }) => id)),
      [[mine], [theirs]],
      "orders of each tenant",
    );
    expectSame([await stores.orders.count(tenantId), await stores.orders.count(other)], [1, 1], "counts");
  },

  "a foreign order can be neither read nor written": async ({ stores, tenantId, now }) => {
    const other = await addTenant(stores);
    const customerId = await addCustomer(stores, tenantId, "c1");
    const stranger = await addCustomer(stores, other, "c1");
    const id = await addOrder(stores, tenantId, customerId, "o1", { orderedAt: 5 });
    expectSame(await stores.orders.findByExternalIds(other, "shop", ["o1"]), [], "orders of the other tenant");
    expectSame(await stores.orders.count(other), 0, "count of the other tenant");
    await settle(stores.orders.updateMany([{ ...newOrder(other, stranger, "o1", { orderedAt: 7 }), id }]));
    const facts = await stores.audience.facts(tenantId, customerId, { asOf: now, statuses: ["paid"] });
    expectSame(facts, { orderCount: 1, firstOrderAt: 5, lastOrderAt: 5 }, "facts of my customer");
  },
};

const restart: Facts<DurableScene> = {
  "orders survive a restart": async ({ stores, tenantId, reopen }) => {
    const customerId = await addCustomer(stores, tenantId, "c1");
    const id = await addOrder(stores, tenantId, customerId, "o1");
    const { orders } = await reopen();
    expectSame(await orders.count(tenantId), 1, "count");
    const stored = await orders.findByExternalIds(tenantId, "shop", ["o1"]);
    expectSame(stored, [{ id, externalId: "o1", customerId, rowHash: rowHash(["o1"]) }], "orders");
    await expectError(addOrder({ orders }, tenantId, customerId, "o1"), "order.key-taken");
  },
};
