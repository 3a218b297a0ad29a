import { describe, expect, onTestFinished, test } from "vitest";
import { createRecallKit } from "../kit/create-recallkit.js";
import { silentLogger } from "../logger.js";
import { memoryStores } from "../memory/index.js";
import type { CustomerInput } from "./customer.js";

function shop() {
  const stores = memoryStores();
  const kit = createRecallKit({ stores, logger: silentLogger });
  onTestFinished(() => kit.close());
  const of = async (key: string) => (await kit.customers.export(key)).attributes;
  const give = (externalKey: string, attributes: CustomerInput["attributes"]) =>
    kit.customers.upsert([{ externalKey, attributes }]);
  return { stores, kit, of, give };
}

describe("attributes of people", () => {
  test("are kept by type, change row by row, and go with a null", async () => {
    const { of, give } = shop();
    const all = { level: " 金卡 ", points: 12.5, joined: "2026-02-28", vip: false, "a.b": "x" };
    expect(await give("p1", all)).toMatchObject({ inserted: 1, dropped: [] });
    expect(await of("p1")).toEqual({ ...all, level: "金卡" });
    expect(await give("p1", all)).toMatchObject({ updated: 0, unchanged: 1 });
    const changes = { level: null, points: 13, vip: undefined, joined: "" };
    expect(await give("p1", changes)).toMatchObject({ updated: 1, unchanged: 0 });
    expect(await of("p1")).toEqual({ points: 13, joined: "2026-02-28", vip: false, "a.b": "x" });
    expect(await give("p1", { level: null, unheard: null })).toMatchObject({ unchanged: 1, dropped: [] });
  });

  test("of another type, or that are none, cost the value; strict, the row", async () => {
    const { kit, of, give } = shop();
    await give("p1", { points: 1, joined: "2026-02-28", note: "x" });
    const wrong = { points: "1", joined: "soon", note: 3, "a.b": Number.NaN, ["k".repeat(65)]: "x", level: "银" };
    const { dropped, inserted } = await give("p2", wrong);
    expect(inserted).toBe(1);
    expect(dropped.filter(({ code }) => code === "attribute.type").map(({ path }) => path)).toEqual([
      "attributes.points",
      "attributes.joined",
      "attributes.note",
    ]);
    expect(dropped).toHaveLength(5);
    expect(await of("p2")).toEqual({ level: "银" });
    const rows = [
      { externalKey: "p3", name: "甲", attributes: { fresh: "x", points: "1" } },
      { externalKey: "p4", attributes: { fresh: 4 } },
    ];
    const strict = await kit.customers.upsert(rows, { strict: true });
    expect(strict).toMatchObject({
      inserted: 1,
      rejected: [{ index: 0, path: "attributes.points", code: "attribute.type" }],
    });
    // What a refused row names first fixes no type.
    expect(await of("p4")).toEqual({ fresh: 4 });
    await expect(of("p3")).rejects.toMatchObject({ code: "customer.not-found" });
  });

  test("are of the type that is told where nobody has them yet", async () => {
    const { kit, of } = shop();
    const rows = [
      { externalKey: "p1", attributes: { note: "2026-02-28" } },
      { externalKey: "p2", attributes: { note: "later" } },
    ];
    expect(await kit.customers.upsert(rows, { attributeTypes: { note: "text" } })).toMatchObject({ dropped: [] });
    expect(await of("p2")).toEqual({ note: "later" });
  });

  test("are at most 50 of a person and 100 of a tenant", async () => {
    const { give, of } = shop();
    const many = (from: number, count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, at) => [`a${from + at}`, at]));
    expect((await give("p1", many(0, 51))).dropped).toMatchObject([
      { path: "attributes.a50", code: "attribute.too-many" },
    ]);
    expect((await give("p2", many(50, 50))).dropped).toEqual([]);
    expect((await give("p3", { b: 1, a99: 2 })).dropped).toMatchObject([
      { path: "attributes.b", code: "attribute.too-many" },
    ]);
    expect(await give("p1", { a0: null, a50: 1 })).toMatchObject({ dropped: [], updated: 1 });
    expect(Object.keys(await of("p1"))).toHaveLength(50);
  });

  test("stay through a merge, the first one's before the second's, and are erased", async () => {
    const { stores, kit, of, give } = shop();
    await give("p1", { level: "金", vip: true });
    await give("p2", { level: "银", points: 7 });
    await kit.customers.merge("p1", "p2");
    expect(await of("p1")).toEqual({ level: "金", vip: true, points: 7 });
    // The key of the second leads to the first.
    expect(await give("p2", { points: 8 })).toMatchObject({ updated: 1 });
    expect(await of("p1")).toEqual({ level: "金", vip: true, points: 8 });
    const { customerId } = await kit.customers.erase("p1");
    expect(await stores.customers.attributesOf(1, [customerId])).toEqual([]);
  });

  test("are written for whom a row merges the people", async () => {
    const { kit, of } = shop();
    await kit.customers.upsert([{ externalKey: "old", email: "a@b.cn", attributes: { level: "银", points: 1 } }]);
    const rows = [{ externalKey: "new", email: "a@b.cn", attributes: { level: "金" } }];
    await kit.customers.upsert(rows, { onIdentityMove: "merge" });
    expect(await of("new")).toEqual({ level: "金", points: 1 });
  });
});
