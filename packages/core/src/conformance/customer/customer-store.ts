import { IDENTITY_TYPES } from "../../customer/customer.js";
import type { NewCustomer } from "../../ports/customer-store.js";
import { addCustomer, addTenant, BYTEWISE_KEYS, DIFFICULT_TEXT, newCustomer } from "../builders.js";
import {
  type ConformanceCase,
  casesOf,
  type DurableScene,
  type Facts,
  type StoresHarness,
} from "../conformance-case.js";
import { ascending, expectError, expectOneWinner, expectSame, expectThat, present, settle } from "../expect.js";

/** Facts about `CustomerStore`. */
export function customerStoreConformance(harness: StoresHarness): readonly ConformanceCase[] {
  return casesOf(
    "customers",
    harness,
    { ...reading, ...keys, ...updates, ...tenants, ...names, ...attributes },
    restart,
  );
}

const fullRow = (tenantId: number, key: string): NewCustomer =>
  newCustomer(tenantId, key, {
    name: DIFFICULT_TEXT,
    bornOn: "2000-02-29",
    timeZone: "Asia/Urumqi",
    identities: Object.fromEntries(IDENTITY_TYPES.map((type) => [type, `${type} 🐱 of ${key}`])),
    createdAt: 1_700_000_000_123,
    updatedAt: 1_700_000_000_456,
  });

const names: Facts = {
  "people are found by the beginning of their names, name by name": async ({ stores, tenantId }) => {
    const { customers } = stores;
    const called: readonly (readonly [string, string | null])[] = [
      ["c1", "王五"],
      ["c2", "王"],
      ["c3", "王五"],
      ["c4", "李王"],
      ["c5", null],
      ["c6", "Ann%"],
      ["c7", "ann"],
      ["c8", "王龙"],
    ];
    await customers.insertMany(called.map(([key, name]) => newCustomer(tenantId, key, { name })));
    await customers.insertMany([newCustomer(await addTenant(stores), "c1", { name: "王五" })]);
    const keys = async (start: string, limit = 10) =>
      (await customers.findByName(tenantId, start, limit)).map(({ externalKey }) => externalKey);
    expectSame(await keys("王"), ["c2", "c1", "c3", "c8"], "by a character");
    expectSame(await keys("王五"), ["c1", "c3"], "by a whole name");
    expectSame(await keys("Ann%"), ["c6"], "what looks like a pattern");
    expectSame(await keys("%"), [], "a pattern that nobody is called");
    const [first, second] = await customers.findByName(tenantId, "王", 2);
    expectSame([first?.externalKey, second?.externalKey], ["c2", "c1"], "the first two");
    const after = { name: second?.name ?? "", id: present(second, "person").id };
    const behind = await customers.findByName(tenantId, "王", 2, after);
    expectSame(
      behind.map(({ externalKey }) => externalKey),
      ["c3", "c8"],
      "behind the second",
    );
  },
};

const attributes: Facts = {
  "attributes come back as they were written, and go with a null": async ({ stores, tenantId }) => {
    const { customers } = stores;
    const [one, two] = [await addCustomer(stores, tenantId, "c1"), await addCustomer(stores, tenantId, "c2")];
    expectSame(await customers.addAttributes(tenantId, []), [], "ids of no attributes");
    const named = [
      { name: "Level", type: "text" as const },
      { name: "level", type: "number" as const },
      { name: "等级 🐱", type: "boolean" as const },
    ];
    const ids = await customers.addAttributes(tenantId, named);
    const [text = 0, number = 0, flag = 0] = ids;
    const definitions = await customers.attributeDefinitions(tenantId);
    const expected = named.map((about, at) => ({ ...about, id: ids[at] ?? 0 }));
    expectSame(
      definitions.toSorted((a, b) => a.id - b.id),
      expected.toSorted((a, b) => a.id - b.id),
      "definitions",
    );
    const written = [
      { customerId: one, attributeId: text, value: DIFFICULT_TEXT },
      { customerId: one, attributeId: number, value: -12_345_678_901.25 },
      { customerId: one, attributeId: flag, value: 0 },
      { customerId: two, attributeId: number, value: 0.0000000001 },
    ];
    const held = async (ids: readonly number[]) =>
      (await customers.attributesOf(tenantId, ids)).toSorted(
        (a, b) => a.customerId - b.customerId || a.attributeId - b.attributeId,
      );
    const inOrder = written.toSorted((a, b) => a.customerId - b.customerId || a.attributeId - b.attributeId);
    await customers.writeAttributes(tenantId, written);
    expectSame(await held([one, two]), inOrder, "values");
    expectSame(await held([]), [], "values of nobody");
    await customers.writeAttributes(tenantId, [
      { customerId: one, attributeId: text, value: null },
      { customerId: one, attributeId: number, value: 7 },
      { customerId: two, attributeId: flag, value: null },
    ]);
    const left = [
      { customerId: one, attributeId: number, value: 7 },
      { customerId: one, attributeId: flag, value: 0 },
    ];
    expectSame(
      await held([one]),
      left.toSorted((a, b) => a.attributeId - b.attributeId),
      "values that stay",
    );
    await customers.writeAttributes(tenantId, []);
    expectSame((await held([two])).length, 1, "values of the other person");
  },

  "attributes of tenants are apart": async ({ stores, tenantId }) => {
    const { customers } = stores;
    const other = await addTenant(stores);
    const id = await addCustomer(stores, tenantId, "c1");
    const [level = 0] = await customers.addAttributes(tenantId, [{ name: "level", type: "text" }]);
    await customers.writeAttributes(tenantId, [{ customerId: id, attributeId: level, value: "金" }]);
    expectSame(await customers.attributeDefinitions(other), [], "definitions of the other tenant");
    expectSame(await customers.attributesOf(other, [id]), [], "values that the other tenant reads");
    await customers.writeAttributes(other, [{ customerId: id, attributeId: level, value: null }]);
    expectSame(
      (await customers.attributesOf(tenantId, [id])).map(({ value }) => value),
      ["金"],
      "values that the other tenant took away",
    );
    expectThat((await customers.addAttributes(other, [{ name: "level", type: "date" }]))[0] !== level, "one id twice");
  },

  "attribute calls take 1 000 rows": async ({ stores: { customers }, tenantId }) => {
    const people = Array.from({ length: 1000 }, (_, at) => newCustomer(tenantId, `many${at}`));
    const ids = await customers.insertMany(people);
    const [rank = 0] = await customers.addAttributes(tenantId, [{ name: "rank", type: "number" }]);
    const written = ids.map((customerId, value) => ({ customerId, attributeId: rank, value }));
    await customers.writeAttributes(tenantId, written);
    await customers.writeAttributes(tenantId, written);
    expectSame((await customers.attributesOf(tenantId, ids)).length, 1000, "values");
  },
};

const reading: Facts = {
  "an empty store finds nobody": async ({ stores: { customers }, tenantId }) => {
    expectSame(await customers.get(tenantId, 1_000_000), undefined, "customer");
    expectSame(await customers.findByKeys(tenantId, ["c1"]), [], "by key");
    expectSame(await customers.findOwners(tenantId, [{ type: "mobile", value: "+8613800138000" }]), [], "owners");
    expectSame(await customers.insertMany([]), [], "ids of no customers");
  },

  "every field comes back": async ({ stores: { customers }, tenantId }) => {
    const rows = [fullRow(tenantId, DIFFICULT_TEXT), newCustomer(tenantId, "bare")];
    const ids = await customers.insertMany(rows);
    for (const [index, row] of rows.entries()) {
      const expected = { ...row, id: present(ids[index], "id") };
      expectSame(await customers.get(tenantId, expected.id), expected, "by id");
      expectSame(await customers.findByKeys(tenantId, [row.externalKey]), [expected], "by key");
    }
  },

  "ids come in the order given": async ({ stores: { customers }, tenantId }) => {
    const rows = ["z", "a", "m"].map((key) => newCustomer(tenantId, key));
    const found = await Promise.all((await customers.insertMany(rows)).map((id) => customers.get(tenantId, id)));
    expectSame(
      found.map((customer) => customer?.externalKey),
      ["z", "a", "m"],
      "keys by id",
    );
  },

  "people are found by their ids": async ({ stores, tenantId }) => {
    const { customers } = stores;
    const ids = await customers.insertMany(["c1", "c2", "c3"].map((key) => fullRow(tenantId, key)));
    const [c1 = 0, , c3 = 0] = ids;
    const found = await customers.getMany(tenantId, [c3, 1_000_000_000, c1]);
    const inOrder = found.toSorted((a, b) => a.id - b.id);
    const expected = [
      { ...fullRow(tenantId, "c1"), id: c1 },
      { ...fullRow(tenantId, "c3"), id: c3 },
    ];
    expectSame(inOrder, expected, "customers");
    expectSame(await customers.getMany(tenantId, []), [], "customers of no ids");
    expectSame(await customers.getMany(await addTenant(stores), ids), [], "customers of another tenant");
  },

  "unknown keys and identities are left out": async ({ stores: { customers }, tenantId }) => {
    const id = await addCustomer({ customers }, tenantId, "c1", { identities: { mobile: "1" } });
    const found = await customers.findByKeys(tenantId, ["c0", "c1", "c2"]);
    expectSame(
      found.map((customer) => customer.id),
      [id],
      "by keys",
    );
    const asked = [
      { type: "mobile", value: "1" },
      { type: "email", value: "1" },
      { type: "mobile", value: "2" },
    ] as const;
    expectSame(await customers.findOwners(tenantId, asked), [{ type: "mobile", value: "1", customerId: id }], "owners");
  },

  "calls take 1 000 rows": async ({ stores: { customers }, tenantId }) => {
    const keys = Array.from({ length: 1000 }, (_, index) => `c${index}`);
    const ids = await customers.insertMany(keys.map((key) => fullRow(tenantId, key)));
    const stored = await customers.findByKeys(tenantId, keys);
    expectSame(ascending(stored.map(({ id }) => id)), ascending(ids), "customers found");
    await customers.updateMany(
      stored.map((customer) => ({ ...customer, name: "new", identities: { mobile: customer.externalKey } })),
    );
    const owners = await customers.findOwners(
      tenantId,
      keys.map((value) => ({ type: "mobile", value })),
    );
    expectSame(ascending(owners.map(({ customerId }) => customerId)), ascending(ids), "owners found");
    expectSame((await customers.get(tenantId, present(ids[999], "last id")))?.name, "new", "name of the last customer");
  },
};

const keys: Facts = {
  "keys and identities compare bytewise": async ({ stores: { customers }, tenantId }) => {
    const rows = BYTEWISE_KEYS.map((key) => newCustomer(tenantId, key, { identities: { user_name: key } }));
    const ids = await customers.insertMany(rows);
    for (const [index, key] of BYTEWISE_KEYS.entries()) {
      const found = await customers.findByKeys(tenantId, [key]);
      expectSame(
        found.map(({ id }) => id),
        ids.slice(index, index + 1),
        `customers with the key ${key}`,
      );
      const owners = await customers.findOwners(tenantId, [{ type: "user_name", value: key }]);
      expectSame(
        owners.map(({ customerId }) => customerId),
        ids.slice(index, index + 1),
        `owners of ${key}`,
      );
    }
  },

  "a key that is taken is refused": async ({ stores: { customers }, tenantId }) => {
    await customers.insertMany([newCustomer(tenantId, "c1")]);
    await expectError(customers.insertMany([newCustomer(tenantId, "c1")]), "customer.key-taken");
    await expectError(
      customers.insertMany([newCustomer(tenantId, "c2"), newCustomer(tenantId, "c2")]),
      "customer.key-taken",
    );
  },

  "an identity that is taken is refused": async ({ stores: { customers }, tenantId }) => {
    const holder = newCustomer(tenantId, "c1", { identities: { mobile: "+8613800138000" } });
    await customers.insertMany([holder]);
    const taken = newCustomer(tenantId, "c2", { identities: { mobile: "+8613800138000" } });
    await expectError(customers.insertMany([taken]), "customer.identity-taken");
    const otherType = newCustomer(tenantId, "c3", { identities: { user_name: "+8613800138000" } });
    expectSame((await customers.insertMany([otherType])).length, 1, "customers with the value under another type");
  },

  "a refused call adds nobody": async ({ stores: { customers }, tenantId }) => {
    await customers.insertMany([newCustomer(tenantId, "c1")]);
    const rows = ["c0", "c1", "c2"].map((key) => newCustomer(tenantId, key, { identities: { mobile: key } }));
    await expectError(customers.insertMany(rows), "customer.key-taken");
    expectSame((await customers.findByKeys(tenantId, ["c0", "c2"])).length, 0, "customers added");
    expectSame(await customers.findOwners(tenantId, [{ type: "mobile", value: "c0" }]), [], "identities added");
  },

  "of 50 callers with one key one wins": async ({ stores: { customers }, tenantId }) => {
    await expectOneWinner(50, "customer.key-taken", () => customers.insertMany([newCustomer(tenantId, "c1")]));
    expectSame((await customers.findByKeys(tenantId, ["c1"])).length, 1, "customers with the key");
  },
};

const updates: Facts = {
  "an update writes the whole row": async ({ stores: { customers }, tenantId }) => {
    const id = await addCustomer({ customers }, tenantId, "c1");
    const full = { ...fullRow(tenantId, "c9"), id };
    await customers.updateMany([full]);
    expectSame(await customers.get(tenantId, id), full, "filled row");
    const bare = { ...newCustomer(tenantId, "c1"), id };
    await customers.updateMany([bare]);
    expectSame(await customers.get(tenantId, id), bare, "emptied row");
  },

  "an update frees the identities that it leaves out": async ({ stores: { customers }, tenantId }) => {
    const row = newCustomer(tenantId, "c1", { identities: { mobile: "1", email: "a@b.cn" } });
    const [id] = await customers.insertMany([row]);
    await customers.updateMany([{ ...row, id: present(id, "id"), identities: { email: "a@b.cn" } }]);
    expectSame(await customers.findOwners(tenantId, [{ type: "mobile", value: "1" }]), [], "owners of the mobile");
    const next = await customers.insertMany([newCustomer(tenantId, "c2", { identities: { mobile: "1" } })]);
    expectSame(next.length, 1, "customers who take it over");
  },

  "an update can't take a key or identity of another customer": async ({ stores: { customers }, tenantId }) => {
    const first = newCustomer(tenantId, "c1", { identities: { mobile: "1" } });
    const second = newCustomer(tenantId, "c2");
    const ids = await customers.insertMany([first, second]);
    const id = present(ids[1], "id");
    await expectError(customers.updateMany([{ ...second, id, externalKey: "c1" }]), "customer.key-taken");
    await expectError(
      customers.updateMany([{ ...second, id, identities: { mobile: "1" } }]),
      "customer.identity-taken",
    );
    expectSame(await customers.get(tenantId, id), { ...second, id }, "the second customer");
  },
};

const tenants: Facts = {
  "two tenants may hold the same keys and identities": async ({ stores, tenantId }) => {
    const other = await addTenant(stores);
    const [mine] = await stores.customers.insertMany([fullRow(tenantId, "c1")]);
    const [theirs] = await stores.customers.insertMany([fullRow(other, "c1")]);
    expectThat(mine !== theirs, "ids differ");
    expectSame(
      (await stores.customers.findByKeys(tenantId, ["c1"])).map(({ id }) => id),
      [mine ?? 0],
      "my customers",
    );
    const owners = await stores.customers.findOwners(other, [{ type: "mobile", value: "mobile 🐱 of c1" }]);
    expectSame(
      owners.map(({ customerId }) => customerId),
      [theirs ?? 0],
      "their owners",
    );
  },

  "a foreign customer can be neither read nor written": async ({ stores, tenantId }) => {
    const other = await addTenant(stores);
    const row = newCustomer(tenantId, "c1", { identities: { mobile: "1" } });
    const id = await addCustomer(stores, tenantId, "c1", row);
    expectSame(await stores.customers.get(other, id), undefined, "by id");
    expectSame(await stores.customers.findByKeys(other, ["c1"]), [], "by key");
    expectSame(await stores.customers.findOwners(other, [{ type: "mobile", value: "1" }]), [], "owners");
    await settle(stores.customers.updateMany([{ ...row, id, tenantId: other, name: "stolen", identities: {} }]));
    expectSame(await stores.customers.get(tenantId, id), { ...row, id }, "my customer");
  },
};

const restart: Facts<DurableScene> = {
  "customers survive a restart": async ({ stores, tenantId, reopen }) => {
    const row = fullRow(tenantId, "c1");
    const id = await addCustomer(stores, tenantId, "c1", row);
    const { customers } = await reopen();
    expectSame(await customers.get(tenantId, id), { ...row, id }, "customer");
    await expectError(customers.insertMany([newCustomer(tenantId, "c1")]), "customer.key-taken");
  },
};
