import { LABEL_KINDS } from "../../customer/label.js";
import { addCustomer, addLabel, addTenant, BYTEWISE_KEYS, DIFFICULT_TEXT, everybody } from "../builders.js";
import {
  type ConformanceCase,
  casesOf,
  type DurableScene,
  type Facts,
  type Scene,
  type StoresHarness,
} from "../conformance-case.js";
import { ascending, expectError, expectOneWinner, expectSame, present, settle } from "../expect.js";

/** Facts about `LabelStore`: the library and the labels of people. */
export function labelStoreConformance(harness: StoresHarness): readonly ConformanceCase[] {
  return casesOf("labels", harness, { ...library, ...keys, ...people, ...tenants }, restart);
}

/** How many customers of the scene carry a label. */
const carriers = (scene: Pick<Scene, "stores" | "tenantId" | "now">, labelId: number) =>
  scene.stores.audience.count(everybody(scene, { labelGroups: [{ customerLabelIds: [labelId], orderLabelIds: [] }] }));

const library: Facts = {
  "an empty library finds nothing": async ({ stores: { labels }, tenantId }) => {
    expectSame(await labels.findMany(tenantId, [{ kind: "sku", key: "s1" }]), [], "labels");
    expectSame(await labels.list(tenantId, "sku", { limit: 10 }), [], "list");
    expectSame(await labels.insertMany(tenantId, []), [], "ids of no labels");
  },

  "every field comes back in every kind": async ({ stores: { labels }, tenantId }) => {
    const rows = LABEL_KINDS.map((kind) => ({ kind, key: DIFFICULT_TEXT, name: `${DIFFICULT_TEXT} of ${kind}` }));
    const ids = await labels.insertMany(tenantId, rows);
    for (const [index, row] of rows.entries()) {
      const expected = [{ ...row, id: present(ids[index], "id") }];
      expectSame(await labels.findMany(tenantId, [row]), expected, `found ${row.kind}`);
      expectSame(await labels.list(tenantId, row.kind, { limit: 10 }), expected, `listed ${row.kind}`);
    }
  },

  "calls take 1 000 labels": async ({ stores: { labels }, tenantId }) => {
    const rows = Array.from({ length: 1000 }, (_, index) => ({ kind: "sku", key: `s${index}`, name: "" }) as const);
    const ids = await labels.insertMany(tenantId, rows);
    const found = await labels.findMany(tenantId, [...rows.slice(1), { kind: "sku", key: "unknown" }]);
    expectSame(ascending(found.map(({ id }) => id)), ascending(ids.slice(1)), "labels found");
  },

  "a rename changes the name only": async ({ stores: { labels }, tenantId }) => {
    const rows = ["s1", "s2"].map((key) => ({ kind: "store", key, name: "old" }) as const);
    const ids = await labels.insertMany(tenantId, rows);
    await labels.rename(tenantId, [{ id: present(ids[1], "id"), name: "上海🐱" }]);
    const stored = await labels.list(tenantId, "store", { limit: 10 });
    expectSame(
      stored.map(({ key, name }) => [key, name]),
      [
        ["s1", "old"],
        ["s2", "上海🐱"],
      ],
      "keys and names",
    );
  },

  "a list runs by the bytes of the key, every label once": async ({ stores: { labels }, tenantId }) => {
    await labels.insertMany(
      tenantId,
      BYTEWISE_KEYS.toReversed().map((key) => ({ kind: "brand", key, name: key })),
    );
    await addLabel({ labels }, tenantId, "city", "a");
    const whole = await labels.list(tenantId, "brand", { limit: 10 });
    expectSame(
      whole.map(({ key }) => key),
      [...BYTEWISE_KEYS],
      "whole list",
    );
    const walked: string[] = [];
    for (let page = 0; page < 5; page += 1) {
      const afterKey = walked.at(-1);
      const found = await labels.list(tenantId, "brand", { limit: 2, ...(afterKey === undefined ? {} : { afterKey }) });
      expectSame(found.length, [2, 2, 2, 1, 0][page] ?? 0, `labels on page ${page}`);
      walked.push(...found.map(({ key }) => key));
    }
    expectSame(walked, [...BYTEWISE_KEYS], "keys in order");
  },
};

const keys: Facts = {
  "keys compare bytewise": async ({ stores: { labels }, tenantId }) => {
    const ids = await labels.insertMany(
      tenantId,
      BYTEWISE_KEYS.map((key) => ({ kind: "city", key, name: key })),
    );
    for (const [index, key] of BYTEWISE_KEYS.entries()) {
      const found = await labels.findMany(tenantId, [{ kind: "city", key }]);
      expectSame(
        found.map(({ id }) => id),
        ids.slice(index, index + 1),
        `labels with the key ${key}`,
      );
    }
  },

  "a key that is taken is refused within its kind": async ({ stores: { labels }, tenantId }) => {
    await addLabel({ labels }, tenantId, "sku", "s1");
    await expectError(addLabel({ labels }, tenantId, "sku", "s1"), "label.key-taken");
    const twice = { kind: "sku", key: "s2", name: "" } as const;
    await expectError(labels.insertMany(tenantId, [twice, twice]), "label.key-taken");
    await addLabel({ labels }, tenantId, "store", "s1");
    expectSame((await labels.list(tenantId, "sku", { limit: 10 })).length, 1, "SKU labels");
  },

  "of 50 callers with one key one wins": async ({ stores: { labels }, tenantId }) => {
    await expectOneWinner(50, "label.key-taken", () => addLabel({ labels }, tenantId, "sku", "s1"));
    expectSame((await labels.list(tenantId, "sku", { limit: 10 })).length, 1, "labels");
  },
};

const people: Facts = {
  "a label is given once": async (scene) => {
    const { stores, tenantId } = scene;
    const labelId = await addLabel(stores, tenantId, "city", "上海");
    const pairs = await Promise.all(
      ["c1", "c2"].map(async (key) => ({ customerId: await addCustomer(stores, tenantId, key), labelId })),
    );
    expectSame(await stores.labels.assign(tenantId, pairs.slice(0, 1)), 1, "new pairs at first");
    expectSame(await stores.labels.assign(tenantId, pairs), 1, "new pairs with a known one");
    expectSame(await stores.labels.assign(tenantId, pairs), 0, "new pairs in a repeat");
    expectSame(await carriers(scene, labelId), 2, "customers with the label");
  },

  "labels of a kind are found by those who have them": async ({ stores, tenantId }) => {
    const [city, other] = [
      await addLabel(stores, tenantId, "city", "a"),
      await addLabel(stores, tenantId, "city", "b"),
    ];
    const sku = await addLabel(stores, tenantId, "sku", "a");
    const ids: number[] = [];
    for (const key of ["c1", "c2", "c3", "c4"]) ids.push(await addCustomer(stores, tenantId, key));
    const [c1 = 0, c2 = 0, c3 = 0, c4 = 0] = ids;
    const pairs = [
      { customerId: c1, labelId: city },
      { customerId: c1, labelId: other },
      { customerId: c2, labelId: city },
    ];
    await stores.labels.assign(tenantId, [
      ...pairs,
      { customerId: c2, labelId: sku },
      { customerId: c4, labelId: city },
    ]);
    const found = await stores.labels.held(tenantId, [c3, c2, c1], "city");
    const inOrder = found.toSorted((a, b) => a.customerId - b.customerId || a.labelId - b.labelId);
    expectSame(inOrder, pairs, "cities");
    expectSame(await stores.labels.held(tenantId, [], "city"), [], "cities of nobody");
    const elsewhere = await addTenant(stores);
    expectSame(await stores.labels.held(elsewhere, [c1], "city"), [], "cities in another tenant");
  },

  "a label is taken once": async (scene) => {
    const { stores, tenantId } = scene;
    const labelId = await addLabel(stores, tenantId, "city", "上海");
    const pairs = await Promise.all(
      ["c1", "c2"].map(async (key) => ({ customerId: await addCustomer(stores, tenantId, key), labelId })),
    );
    await stores.labels.assign(tenantId, pairs);
    expectSame(await stores.labels.unassign(tenantId, pairs.slice(0, 1)), 1, "pairs removed at first");
    expectSame(await stores.labels.unassign(tenantId, pairs), 1, "pairs removed with an unknown one");
    expectSame(await stores.labels.unassign(tenantId, pairs), 0, "pairs removed in a repeat");
    expectSame(await carriers(scene, labelId), 0, "customers with the label");
  },

  "50 callers who give one label add one pair": async (scene) => {
    const { stores, tenantId } = scene;
    const pair = {
      customerId: await addCustomer(stores, tenantId, "c1"),
      labelId: await addLabel(stores, tenantId, "city", "上海"),
    };
    const added = await Promise.all(Array.from({ length: 50 }, () => stores.labels.assign(tenantId, [pair])));
    expectSame(
      added.reduce((sum, count) => sum + count),
      1,
      "new pairs in all",
    );
  },
};

const tenants: Facts = {
  "two tenants may hold the same keys": async ({ stores: { tenants, labels }, tenantId }) => {
    const other = await addTenant({ tenants });
    const mine = await addLabel({ labels }, tenantId, "city", "上海");
    const theirs = await addLabel({ labels }, other, "city", "上海");
    const found = await Promise.all(
      [tenantId, other].map((id) => labels.findMany(id, [{ kind: "city", key: "上海" }])),
    );
    expectSame(
      found.map((labels) => labels.map(({ id }) => id)),
      [[mine], [theirs]],
      "labels of each tenant",
    );
  },

  "a foreign label can be neither read nor written": async (scene) => {
    const { stores, tenantId } = scene;
    const other = await addTenant(stores);
    const labelId = await addLabel(stores, tenantId, "city", "上海");
    const [carrier, bystander] = [await addCustomer(stores, tenantId, "c1"), await addCustomer(stores, tenantId, "c2")];
    await stores.labels.assign(tenantId, [{ customerId: carrier, labelId }]);
    expectSame(await stores.labels.findMany(other, [{ kind: "city", key: "上海" }]), [], "found labels");
    expectSame(await stores.labels.list(other, "city", { limit: 10 }), [], "listed labels");
    expectSame(await stores.labels.unassign(other, [{ customerId: carrier, labelId }]), 0, "pairs removed");
    await settle(stores.labels.rename(other, [{ id: labelId, name: "stolen" }]));
    await settle(stores.labels.assign(other, [{ customerId: bystander, labelId }]));
    expectSame((await stores.labels.findMany(tenantId, [{ kind: "city", key: "上海" }]))[0]?.name, "上海", "name");
    expectSame(await carriers(scene, labelId), 1, "customers with the label");
  },
};

const restart: Facts<DurableScene> = {
  "labels survive a restart": async ({ stores, tenantId, now, reopen }) => {
    const labelId = await addLabel(stores, tenantId, "city", "上海");
    await stores.labels.assign(tenantId, [{ customerId: await addCustomer(stores, tenantId, "c1"), labelId }]);
    const reopened = await reopen();
    const expected = [{ id: labelId, kind: "city", key: "上海", name: "上海" }] as const;
    expectSame(await reopened.labels.list(tenantId, "city", { limit: 10 }), [...expected], "labels");
    expectSame(await carriers({ stores: reopened, tenantId, now }, labelId), 1, "customers with the label");
  },
};
