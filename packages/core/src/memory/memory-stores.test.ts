import { describe, expect, test } from "vitest";
import type { NewCustomer } from "../ports/customer-store.js";
import type { Stores } from "../ports/stores.js";
import { memoryStores } from "./memory-stores.js";

const T = 1;

function customer(externalKey: string, identities: NewCustomer["identities"] = {}): NewCustomer {
  return {
    tenantId: T,
    externalKey,
    name: null,
    bornOn: null,
    timeZone: null,
    identities,
    rowHash: "0",
    createdAt: 0,
    updatedAt: 0,
  };
}

async function keysOf(stores: Stores): Promise<readonly string[]> {
  const everybody = { tenantId: T, orders: { asOf: 0, statuses: [] }, labelGroups: [] };
  return (await stores.audience.page(everybody, 0, 100)).map(({ externalKey }) => externalKey);
}

function gate(): { readonly opened: Promise<void>; open(): void } {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
}

/** Starts a transaction, lets it write, and holds it open. */
async function openTransaction(stores: Stores, write: (tx: Stores) => Promise<unknown>) {
  const written = gate();
  const end = gate();
  const done = stores.transaction(async (tx) => {
    await write(tx);
    written.open();
    await end.opened;
  });
  await written.opened;
  return {
    async commit() {
      end.open();
      await done;
    },
  };
}

test("holds the bootstrap tenant from the first call on", async () => {
  const nothing = { countedStatuses: null, revision: 0, maxOrderAt: null, createdAt: 0 };
  expect(await memoryStores().tenants.list()).toEqual([
    { id: 1, name: "default", timeZone: "Asia/Shanghai", currency: "CNY", ...nothing },
  ]);
});

describe("a transaction that throws", () => {
  test("takes back added and changed rows and everything that is looked up by them", async () => {
    const stores = memoryStores();
    const [id = 0] = await stores.customers.insertMany([customer("a", { email: "a@example.com" })]);
    const attempt = stores.transaction(async (tx) => {
      await tx.customers.updateMany([{ ...customer("renamed", { email: "other@example.com" }), id }]);
      await tx.customers.insertMany([customer("b", { email: "a@example.com" })]);
      throw new Error("no");
    });
    await expect(attempt).rejects.toThrow("no");
    expect(await keysOf(stores)).toEqual(["a"]);
    expect(await stores.customers.findByKeys(T, ["renamed", "b"])).toEqual([]);
    expect(
      await stores.customers.findOwners(T, [
        { type: "email", value: "a@example.com" },
        { type: "email", value: "other@example.com" },
      ]),
    ).toEqual([{ type: "email", value: "a@example.com", customerId: id }]);
  });

  test("does not give its ids to others", async () => {
    const stores = memoryStores();
    await stores.customers.insertMany([customer("a")]);
    const attempt = stores.transaction(async (tx) => {
      await tx.customers.insertMany([customer("b")]);
      throw new Error("no");
    });
    await expect(attempt).rejects.toThrow("no");
    expect(await stores.customers.insertMany([customer("b")])).toEqual([3]);
  });

  test("refuses the calls of work that outlives it", async () => {
    const stores = memoryStores();
    const late = gate();
    let straggler: Promise<void> = Promise.resolve();
    const attempt = stores.transaction(async (tx) => {
      straggler = late.opened.then(() => tx.config.put(T, "key", "late"));
      throw new Error("no");
    });
    await expect(attempt).rejects.toThrow("no");
    late.open();
    await expect(straggler).rejects.toMatchObject({ code: "storage.transaction-ended" });
    expect(await stores.config.get(T, "key")).toBeUndefined();
  });
});

describe("a call that fails inside a transaction", () => {
  test("leaves nothing behind when the transaction goes on", async () => {
    const stores = memoryStores();
    await stores.transaction(async (tx) => {
      await tx.customers.insertMany([customer("a")]);
      await expect(tx.customers.insertMany([customer("b"), customer("a")])).rejects.toMatchObject({
        code: "customer.key-taken",
      });
    });
    expect(await keysOf(stores)).toEqual(["a"]);
  });
});

test("lets people swap identities in one call", async () => {
  const stores = memoryStores();
  const [a = 0, b = 0] = await stores.customers.insertMany([
    customer("a", { mobile: "+861" }),
    customer("b", { mobile: "+862" }),
  ]);
  await stores.customers.updateMany([
    { ...customer("a", { mobile: "+862" }), id: a },
    { ...customer("b", { mobile: "+861" }), id: b },
  ]);
  expect((await stores.customers.get(T, a))?.identities).toEqual({ mobile: "+862" });
});

describe("a nested transaction", () => {
  test("shares the fate of the outer one", async () => {
    const stores = memoryStores();
    const attempt = stores.transaction(async (tx) => {
      await tx.transaction((inner) => inner.config.put(T, "key", "inner"));
      await stores.transaction((inner) => inner.config.put(T, "other", "joined by context"));
      expect(await stores.config.get(T, "key")).toBe("inner");
      throw new Error("no");
    });
    await expect(attempt).rejects.toThrow("no");
    expect(await stores.config.get(T, "key")).toBeUndefined();
    expect(await stores.config.get(T, "other")).toBeUndefined();
  });

  test("is its own one when the outer one has committed", async () => {
    const stores = memoryStores();
    const late = gate();
    let straggler: Promise<void> = Promise.resolve();
    await stores.transaction(async () => {
      straggler = late.opened.then(() =>
        stores.transaction(async (tx) => {
          await tx.config.put(T, "key", "late");
          throw new Error("no");
        }),
      );
    });
    late.open();
    await expect(straggler).rejects.toThrow("no");
    expect(await stores.config.get(T, "key")).toBeUndefined();
  });
});

describe("a call from outside while a transaction is open", () => {
  test("reads what was committed before, without waiting", async () => {
    const stores = memoryStores();
    const [id = 0] = await stores.customers.insertMany([customer("a", { mobile: "+861" })]);
    const open = await openTransaction(stores, async (tx) => {
      await tx.customers.updateMany([{ ...customer("renamed", { mobile: "+862" }), id }]);
      await tx.customers.insertMany([customer("b"), customer("c", { mobile: "+861" })]);
    });
    expect(await keysOf(stores)).toEqual(["a"]);
    expect(await stores.customers.findByKeys(T, ["renamed"])).toEqual([]);
    expect(await stores.customers.findOwners(T, [{ type: "mobile", value: "+861" }])).toMatchObject([
      { customerId: id },
    ]);
    await open.commit();
    expect(await keysOf(stores)).toEqual(["renamed", "b", "c"]);
    expect(await stores.customers.findOwners(T, [{ type: "mobile", value: "+861" }])).toMatchObject([
      { customerId: 3 },
    ]);
  });

  test("writes after it, in the order of the calls", async () => {
    const stores = memoryStores();
    const open = await openTransaction(stores, (tx) => tx.config.put(T, "key", "first"));
    const order: string[] = [];
    const waiting = [
      stores.config.putIfAbsent(T, "key", "second").then((value) => order.push(value)),
      stores.transaction((tx) => tx.config.put(T, "key", "third")).then(() => order.push("third")),
      stores.config.putIfAbsent(T, "key", "fourth").then((value) => order.push(value)),
    ];
    expect(await stores.config.get(T, "key")).toBeUndefined();
    await open.commit();
    await Promise.all(waiting);
    expect(order).toEqual(["first", "third", "third"]);
  });

  test("closes after it", async () => {
    const stores = memoryStores();
    const open = await openTransaction(stores, (tx) => tx.config.put(T, "key", "kept"));
    const closed = stores.close().then(() => stores.config.get(T, "key"));
    await open.commit();
    expect(await closed).toBe("kept");
  });
});

describe("rows", () => {
  test("do not follow what callers do to the objects they gave", async () => {
    const stores = memoryStores();
    const identities = { mobile: "+861" };
    const bytes = new Uint8Array([1, 2, 3]);
    const [id = 0] = await stores.customers.insertMany([customer("a", identities)]);
    await stores.media.put(T, { sha256: "ab", contentType: "image/png", bytes }, 0);
    identities.mobile = "+862";
    bytes[0] = 9;
    expect((await stores.customers.get(T, id))?.identities).toEqual({ mobile: "+861" });
    expect([...((await stores.media.get(T, "ab"))?.bytes ?? [])]).toEqual([1, 2, 3]);
  });

  test("do not follow what callers do to the objects they got", async () => {
    const stores = memoryStores();
    const [id = 0] = await stores.customers.insertMany([customer("a", { mobile: "+861" })]);
    await stores.media.put(T, { sha256: "ab", contentType: "image/png", bytes: new Uint8Array([1]) }, 0);
    const row = await stores.customers.get(T, id);
    expect(() => Object.assign(row ?? {}, { name: "x" })).toThrow(TypeError);
    expect(() => Object.assign(row?.identities ?? {}, { mobile: "+862" })).toThrow(TypeError);
    (await stores.media.get(T, "ab"))?.bytes.fill(9);
    expect([...((await stores.media.get(T, "ab"))?.bytes ?? [])]).toEqual([1]);
  });
});
