import { describe, expect, test } from "vitest";
import { createRecallKit } from "../kit/create-recallkit.js";
import { silentLogger } from "../logger.js";
import { memoryStores } from "../memory/index.js";
import type { OrderInput } from "./order.js";

function shop() {
  const kit = createRecallKit({ stores: memoryStores(), logger: silentLogger });
  const { stores } = kit;
  const keys = async (kind: "sku" | "city" | "brand") => (await kit.labels.list(kind)).items.map(({ key }) => key);
  const changes = async (since: number) => {
    const found = await stores.tenants.changesSince(1, since, 1000);
    return found.map(({ kind, id }) => `${kind} ${id}`);
  };
  return { kit, stores, keys, changes };
}

const order = (externalId: string, externalKey: string, rest: Partial<OrderInput> = {}): OrderInput => ({
  externalId,
  externalKey,
  orderedAt: "2026-06-01 10:00:00",
  amount: 10,
  ...rest,
});

const nothing = { inserted: 0, updated: 0, unchanged: 0 };

describe("taking orders over", () => {
  test("makes their buyers and labels, and counts each once", async () => {
    const { kit, keys } = shop();
    const result = await kit.orders.ingest([
      order("o1", "c1", { lines: [{ sku: "1", brand: "蓝氏" }], buyer: { city: "上海" } }),
      order("o2", "c1", { lines: [{ sku: "1" }, { sku: "2" }], amount: 5.25 }),
      order("o3", "c2", { buyer: { city: "上海" } }),
    ]);
    expect(result).toEqual({
      inserted: 3,
      updated: 0,
      unchanged: 0,
      rejected: [],
      dropped: [],
      moved: 0,
      changed: { orders: 0, first: [] },
      customers: { ...nothing, inserted: 2 },
      labels: { ...nothing, inserted: 4 },
      amountMinor: 2525,
    });
    expect([await keys("sku"), await keys("brand"), await keys("city")]).toEqual([["1", "2"], ["蓝氏"], ["上海"]]);
  });

  test("changes nothing the second time", async () => {
    const { kit } = shop();
    const rows = [order("o1", "c1", { lines: [{ sku: "1" }], buyer: { city: "上海", name: "A" } }), order("o2", "c2")];
    await kit.orders.ingest(rows);
    const { revision } = await kit.tenant();
    expect(await kit.orders.ingest(rows)).toEqual({
      ...nothing,
      unchanged: 2,
      rejected: [],
      dropped: [],
      moved: 0,
      changed: { orders: 0, first: [] },
      customers: { ...nothing, unchanged: 2 },
      labels: { ...nothing, unchanged: 2 },
      amountMinor: 2000,
    });
    expect((await kit.tenant()).revision).toBe(revision);
  });

  test("replaces an order that comes again with other facts, and tells of it", async () => {
    const { kit, stores } = shop();
    await kit.orders.ingest([order("o1", "c1", { lines: [{ sku: "1" }] })]);
    const result = await kit.orders.ingest([order("o1", "c1", { lines: [{ sku: "2" }] })]);
    expect(result).toMatchObject({ inserted: 0, updated: 1, unchanged: 0, changed: { orders: 1, first: ["o1"] } });
    expect(await stores.orders.count(1)).toBe(1);
    const source = (sku: string) => ({ segment: { labels: { sku: [sku] } } });
    expect([await kit.audience.count(source("1")), await kit.audience.count(source("2"))]).toEqual([0, 1]);
  });

  test.each(["replace", "merge", "refuse"] as const)("takes no order from its customer (%s)", async (onChange) => {
    const { kit, stores } = shop();
    const first = order("o1", "c1", { lines: [{ sku: "1" }] });
    await kit.orders.ingest([first]);
    const stranger = order("o1", "c2", { lines: [{ sku: "2" }], buyer: { city: "A" } });
    const result = await kit.orders.ingest([stranger, order("o2", "c3"), order("o2", "c4")], { onChange });
    expect(result).toMatchObject({ inserted: 1, updated: 0, customers: { inserted: 1 }, labels: { inserted: 0 } });
    expect(result.rejected.map(({ index, path, code }) => [index, path, code])).toEqual([
      [0, "externalKey", "order.customer-changed"],
      [2, "externalKey", "order.customer-changed"],
    ]);
    expect(await stores.customers.findByKeys(1, ["c2", "c4"])).toEqual([]);
    expect(await kit.orders.ingest([first], { onChange })).toMatchObject({ unchanged: 1, rejected: [] });
  });

  test("refuses what changes an order, if asked to", async () => {
    const { kit } = shop();
    const rows = [order("o1", "c1"), order("o1", "c1", { amount: 7 }), order("o2", "c1", { amount: 8 })];
    const result = await kit.orders.ingest(rows, { onChange: "refuse" });
    expect(result).toMatchObject({ inserted: 2, updated: 0, rejected: [{ index: 1, code: "order.differs" }] });
    const again = await kit.orders.ingest([order("o2", "c1", { amount: 9 }), order("o1", "c1")], {
      onChange: "refuse",
    });
    expect(again).toMatchObject({ unchanged: 1, rejected: [{ index: 0, path: "externalId", code: "order.differs" }] });
  });

  test("merges an order that stands in two files, each line once, the amount exact", async () => {
    const { kit } = shop();
    const line = (sku: string, amount: string) => ({ sku, amount });
    const part = (...lines: { sku: string; amount: string }[]): OrderInput => {
      const { amount: _, ...rest } = order("o1", "c1", { lines });
      return rest;
    };
    const files = [part(line("1", "2.00"), line("1", "2.00")), part(line("1", "2.00"), line("2", "0.10"))];
    for (const file of files) await kit.orders.ingest([file], { onChange: "merge" });
    const { orders } = await kit.customers.export("c1");
    expect(orders).toMatchObject([{ amountMinor: 410, lines: [{ sku: "1" }, { sku: "1" }, { sku: "2" }] }]);
    expect(orders[0]?.labels.map(({ key }) => key)).toEqual(["1", "2"]);
    for (const file of files)
      expect(await kit.orders.ingest([file], { onChange: "merge" })).toMatchObject({ unchanged: 1, updated: 0 });
    const other = await kit.orders.ingest([order("o1", "c1", { amount: 5 })], { onChange: "merge" });
    expect(other.rejected).toMatchObject([{ index: 0, path: "amount", code: "order.not-mergeable" }]);
    const status = { ...part(), amount: "4.10", status: "completed" };
    expect(await kit.orders.ingest([status], { onChange: "merge" })).toMatchObject({ updated: 1, rejected: [] });
    const { orders: last } = await kit.customers.export("c1");
    expect(last).toMatchObject([{ amountMinor: 410, status: "completed", lines: [{}, {}, {}] }]);
  });

  test("keeps orders of different sources apart", async () => {
    const { kit, stores } = shop();
    await kit.orders.ingest([order("1", "c1")], { source: "shop" });
    expect(await kit.orders.ingest([order("1", "c1")], { source: "youzan" })).toMatchObject({ inserted: 1 });
    expect(await kit.orders.ingest([order("1", "c1")])).toMatchObject({ inserted: 1 });
    expect(await stores.orders.count(1)).toBe(3);
    for (const source of ["", "s".repeat(65)]) {
      await expect(kit.orders.ingest([order("2", "c1")], { source })).rejects.toMatchObject({
        code: "input.invalid",
        issues: [{ path: "source" }],
      });
    }
    expect(await stores.orders.count(1)).toBe(3);
  });

  test("takes the last of several rows of one order, in the same chunk and over chunks", async () => {
    const { kit } = shop();
    const result = await kit.orders.ingest([order("o1", "c1"), order("o1", "c1"), order("o1", "c1", { amount: 7 })]);
    expect(result).toMatchObject({ inserted: 1, unchanged: 1, updated: 1 });
    const again = await kit.orders.ingest([order("o1", "c1", { amount: 9 }), order("o1", "c1", { amount: 7 })]);
    expect(again).toMatchObject({ inserted: 0, updated: 2, unchanged: 0 });
    expect(await kit.orders.ingest([order("o1", "c1", { amount: 7 })])).toMatchObject({ unchanged: 1 });
  });

  test("lifts the newest order instant of the tenant, and lists what changed", async () => {
    const { kit, changes } = shop();
    await kit.orders.ingest([
      order("o1", "c1", { orderedAt: 5000, lines: [{ sku: "1" }] }),
      order("o2", "c1", { orderedAt: 9000 }),
    ]);
    expect(await kit.tenant()).toMatchObject({ maxOrderAt: 9000, revision: 1 });
    expect(await changes(0)).toEqual(["customer 1", "label 1", "order 1", "order 2"]);
    await kit.orders.ingest([order("o1", "c1", { orderedAt: 4000, lines: [{ sku: "1" }] })]);
    expect(await kit.tenant()).toMatchObject({ maxOrderAt: 9000, revision: 2 });
    expect(await changes(1)).toEqual(["order 1"]);
  });
});

describe("a rejected order", () => {
  test("leaves no trace: no customer, no label, no order", async () => {
    const { kit, stores, keys } = shop();
    const result = await kit.orders.ingest([
      order("o1", "c1", { amount: 0.001, lines: [{ sku: "1" }], buyer: { city: "A" } }),
      order("o2", "c1", { orderedAt: "2023-02-29", lines: [{ sku: "2" }] }),
      order("o3", "c3", { lines: [{ sku: "3" }] }),
    ]);
    expect(result).toMatchObject({
      inserted: 1,
      customers: { inserted: 1 },
      labels: { inserted: 1 },
      amountMinor: 1000,
    });
    expect(result.rejected.map(({ index, path }) => [index, path])).toEqual([
      [0, "amount"],
      [1, "orderedAt"],
    ]);
    expect(await stores.customers.findByKeys(1, ["c1"])).toEqual([]);
    expect([await keys("sku"), await keys("city")]).toEqual([["3"], []]);
  });

  test("for its buyer's identity leaves no label either, and names the path", async () => {
    const { kit, keys } = shop();
    await kit.customers.upsert([{ externalKey: "c1", mobile: "+8613800138000" }]);
    const result = await kit.orders.ingest(
      [
        order("o1", "c2", { lines: [{ sku: "1" }], buyer: { mobile: "+8613800138000", city: "A" } }),
        order("o2", "c2", { lines: [{ sku: "2" }] }),
      ],
      { strict: true },
    );
    expect(result).toMatchObject({ inserted: 1, labels: { inserted: 1, updated: 0, unchanged: 0 }, amountMinor: 1000 });
    expect(result.rejected).toMatchObject([{ index: 0, path: "buyer.mobile", code: "customer.identity-taken" }]);
    expect([await keys("sku"), await keys("city")]).toEqual([["2"], []]);
  });
});

describe("facts of buyers", () => {
  test("that are wrong or somebody else's cost the fact, not the order", async () => {
    const { kit } = shop();
    await kit.customers.upsert([{ externalKey: "c1", mobile: "+8613800138000" }]);
    const result = await kit.orders.ingest([
      order("o1", "c2", { buyer: { email: "a@b", mobile: "+8613800138000", name: "B" } }),
      order("o2", "c3", { amount: "x", buyer: { email: "a@b" } }),
      order("o3", "c3", { buyer: { email: "c3@example.com", birthday: "1" } as never }),
    ]);
    expect(result).toMatchObject({ inserted: 1, moved: 0 });
    expect(result.rejected.map(({ index, path }) => `${index} ${path}`)).toEqual(["1 amount", "2 buyer.birthday"]);
    expect(result.dropped.map(({ index, path, code }) => `${index} ${path} ${code}`)).toEqual([
      "0 buyer.email invalid_format",
      "0 buyer.mobile customer.identity-taken",
    ]);
    const moved = await kit.orders.ingest([order("o1", "c2", { buyer: { mobile: "+8613800138000" } })], {
      onIdentityMove: "move",
    });
    expect(moved).toMatchObject({ unchanged: 1, moved: 1, dropped: [] });
    expect((await kit.customers.export("c2")).customer).toMatchObject({
      name: "B",
      identities: { mobile: "+8613800138000" },
    });
  });

  test("of an order that is known fill in a city, and those of a new one replace it", async () => {
    const { kit } = shop();
    const cityOf = async (key: string) => (await kit.customers.export(key)).labels.map((label) => label.key);
    const [first, second] = ["上海", "北京"].map((city, n) => order(`o${n}`, "c1", { buyer: { city } }));
    await kit.orders.ingest([order("o0", "c1")]);
    await kit.orders.ingest([first as OrderInput]);
    expect(await cityOf("c1")).toEqual(["上海"]);
    await kit.orders.ingest([second as OrderInput]);
    expect(await cityOf("c1")).toEqual(["北京"]);
    const again = await kit.orders.ingest([first, second] as OrderInput[]);
    expect([again.unchanged, again.customers.unchanged, await cityOf("c1")]).toEqual([2, 1, ["北京"]]);
  });
});

describe("counts of people and labels", () => {
  const UK = { buyer: { city: "United Kingdom" } };
  const FRANCE = { buyer: { city: "France" } };

  test("take a customer of two countries once", async () => {
    const { kit } = shop();
    const rows = [order("o1", "c1", UK), order("o2", "c1", FRANCE), order("o3", "c2", UK)];
    expect(await kit.orders.ingest(rows)).toMatchObject({
      customers: { ...nothing, inserted: 2 },
      labels: { ...nothing, inserted: 2 },
    });
    expect(await kit.orders.ingest(rows)).toMatchObject({ customers: { ...nothing, unchanged: 2 } });
    const inCity = (city: string) => kit.audience.count({ segment: { labels: { city: [city] } } });
    expect([await inCity("United Kingdom"), await inCity("France")]).toEqual([1, 1]);
  });

  test("take a second country in a later chunk for part of the insertion", async () => {
    const { kit } = shop();
    const filler = Array.from({ length: 1000 }, (_, n) => order(`f${n}`, "c0", UK));
    const result = await kit.orders.ingest([order("o1", "c1", UK), ...filler, order("o2", "c1", FRANCE)]);
    expect(result.customers).toEqual({ ...nothing, inserted: 2 });
    expect(result.labels).toEqual({ ...nothing, inserted: 2 });
  });

  test("take a second country in a later chunk for no update of others", async () => {
    const { kit } = shop();
    await kit.orders.ingest([order("o0", "c0", UK)]);
    const filler = Array.from({ length: 1000 }, (_, n) => order(`f${n}`, "c0", UK));
    const result = await kit.orders.ingest([order("o1", "c1", UK), ...filler, order("o2", "c1", FRANCE)]);
    expect(result.customers).toEqual({ inserted: 1, updated: 0, unchanged: 1 });
    expect(await kit.audience.count({ segment: { labels: { city: ["France"] } } })).toBe(1);
  });

  test("take a new country of a known customer for an update", async () => {
    const { kit } = shop();
    await kit.orders.ingest([order("o1", "c1", UK), order("o2", "c2", UK)]);
    const result = await kit.orders.ingest([order("o3", "c1", FRANCE), order("o4", "c2", UK)]);
    expect(result.customers).toEqual({ inserted: 0, updated: 1, unchanged: 1 });
  });

  test("take a label with a better name for an update, though the order is unchanged", async () => {
    const { kit } = shop();
    await kit.orders.ingest([order("o1", "c1", { lines: [{ sku: "1" }, { sku: "2" }] })]);
    const named = order("o1", "c1", { lines: [{ sku: { key: "1", name: "猫粮" } }, { sku: "2" }] });
    // The name also stands on the line, so this order is another one; its labels are not.
    expect(await kit.orders.ingest([named])).toMatchObject({
      updated: 1,
      labels: { inserted: 0, updated: 1, unchanged: 1 },
    });
    expect((await kit.labels.list("sku")).items).toMatchObject([
      { key: "1", name: "猫粮" },
      { key: "2", name: "2" },
    ]);
    expect(await kit.orders.ingest([order("o1", "c1", { lines: [{ sku: "1" }, { sku: "2" }] })])).toMatchObject({
      labels: { updated: 0, unchanged: 2 },
    });
  });
});

describe("long inputs", () => {
  const many = (count: number) => Array.from({ length: count }, (_, n) => order(`o${n}`, `c${n % 7}`));

  test("go in 1 000 orders at a time", async () => {
    const { kit } = shop();
    const progress: number[] = [];
    const result = await kit.orders.ingest(many(2201), { onProgress: ({ rows }) => progress.push(rows) });
    expect(result).toMatchObject({ inserted: 2201, customers: { inserted: 7, unchanged: 0 }, amountMinor: 2_201_000 });
    expect(progress).toEqual([1000, 2000, 2201]);
  });

  test("make smaller chunks of orders with many lines", async () => {
    const { kit } = shop();
    const lines = Array.from({ length: 1000 }, (_, n) => ({ sku: `${n}` }));
    const progress: number[] = [];
    await kit.orders.ingest(
      many(12).map((one) => ({ ...one, lines })),
      { onProgress: ({ rows }) => progress.push(rows) },
    );
    expect(progress).toEqual([5, 10, 12]);
  });

  test("are read on while a chunk is written, and not beyond the next one", async () => {
    const { kit } = shop();
    let given = 0;
    function* counted() {
      for (const one of many(3500)) {
        given += 1;
        yield one;
      }
    }
    const ahead: number[] = [];
    await kit.orders.ingest(counted(), { onProgress: ({ rows }) => ahead.push(given - rows) });
    expect(ahead.slice(0, 2).every((rows) => rows > 0 && rows <= 1000)).toBe(true);
  });

  test("that fail while a chunk is written end after it, and what it holds stays", async () => {
    const { kit, stores } = shop();
    function* breaking() {
      yield* many(1100);
      throw new Error("the file broke off");
    }
    await expect(kit.orders.ingest(breaking())).rejects.toThrow("the file broke off");
    expect(await stores.orders.count(1)).toBe(1000);
  });

  test("stop between two chunks when aborted; what was taken stays", async () => {
    const { kit, stores } = shop();
    const stop = new AbortController();
    const onProgress = () => stop.abort(new Error("enough"));
    await expect(kit.orders.ingest(many(1700), { signal: stop.signal, onProgress })).rejects.toThrow("enough");
    expect(await stores.orders.count(1)).toBe(1000);
    expect(await kit.orders.ingest(many(1700))).toMatchObject({ inserted: 700, unchanged: 1000 });
  });
});
