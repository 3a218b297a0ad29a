import { expect, onTestFinished, test } from "vitest";
import { createRecallKit } from "../kit/create-recallkit.js";
import { silentLogger } from "../logger.js";
import { memoryStores } from "../memory/index.js";
import { segmentSchema } from "./segment.js";
import type { AttributeConditionInput } from "./segment-input.js";

async function shop() {
  const kit = createRecallKit({ stores: memoryStores(), logger: silentLogger });
  onTestFinished(() => kit.close());
  await kit.customers.upsert([
    { externalKey: "ann", attributes: { level: "金卡", points: 20, since: "2025-01-31", vip: true } },
    { externalKey: "bob", attributes: { level: "银卡", points: 0.5, vip: false } },
    { externalKey: "cat", attributes: { note: "20" } },
  ]);
  const keysOf = async (...attributes: AttributeConditionInput[]) => {
    const keys: string[] = [];
    for await (const { externalKey } of kit.audience.resolve({ segment: { attributes } })) keys.push(externalKey);
    return keys;
  };
  return { kit, keysOf };
}

test("values are compared by the type of their attribute", async () => {
  const { keysOf } = await shop();
  expect(await keysOf({ name: "level", in: ["金卡", "黑卡"] })).toEqual(["ann"]);
  expect(await keysOf({ name: "points", in: [0.5, "20"] })).toEqual(["bob"]);
  expect(await keysOf({ name: "note", in: [20, "20"] })).toEqual(["cat"]);
  expect(await keysOf({ name: "vip", in: [false] })).toEqual(["bob"]);
  expect(await keysOf({ name: "since", in: ["2025-01-31", "soon"] })).toEqual(["ann"]);
});

test("bounds are in, all conditions must hold, and a missing value matches isSet: false only", async () => {
  const { keysOf } = await shop();
  expect(await keysOf({ name: "points", min: 0.5, max: 20 })).toEqual(["ann", "bob"]);
  expect(await keysOf({ name: "since", min: "2025-01-31" })).toEqual(["ann"]);
  expect(await keysOf({ name: "points", min: 0 }, { name: "vip", in: [true] })).toEqual(["ann"]);
  expect(await keysOf({ name: "since", isSet: false })).toEqual(["bob", "cat"]);
  expect(await keysOf({ name: "since", isSet: true })).toEqual(["ann"]);
});

test("an attribute that nobody has, or of another type, matches nobody and is told", async () => {
  const { kit, keysOf } = await shop();
  for (const wrong of [
    { name: "leval", in: ["金卡"] },
    { name: "leval", isSet: false },
    { name: "level", in: [1] },
    { name: "level", min: 1 },
    { name: "points", min: "2025-01-31" },
  ]) {
    expect(await keysOf(wrong)).toEqual([]);
    const preview = await kit.audience.preview({ segment: { attributes: [wrong] } });
    expect(preview.unknownAttributes).toEqual([wrong.name]);
    expect(preview.warnings).toContainEqual(expect.objectContaining({ code: "attribute.unknown", detail: wrong.name }));
  }
});

test("a preview counts them as a step of their own, and explain says what was asked", async () => {
  const { kit } = await shop();
  const segment = {
    attributes: [
      { name: "points", min: 1 },
      { name: "level", in: ["金卡"] },
    ],
  };
  const { steps, count } = await kit.audience.preview({ segment });
  expect([steps.map(({ name, count: left }) => [name, left]), count]).toEqual([
    [
      ["customers", 3],
      ["attributes", 1],
      ["reachable", 0],
    ],
    1,
  ]);
  const about = async (externalKey: string) =>
    (await kit.audience.explain({ segment }, { externalKey })).checks.find(({ name }) => name === "attributes");
  expect(await about("ann")).toMatchObject({ name: "attributes", passed: true, detail: "1 ≤ points; level in 金卡" });
  expect((await about("bob"))?.passed).toBe(false);
});

test("a condition says one thing", () => {
  const pathsOf = (...attributes: unknown[]) =>
    segmentSchema.safeParse({ attributes }).error?.issues.map(({ path }) => path.join("."));
  expect(pathsOf({ name: "a" })).toEqual(["attributes.0"]);
  expect(pathsOf({ name: "a", in: ["x"], isSet: true })).toEqual(["attributes.0"]);
  expect(pathsOf({ name: "a", min: 2, max: 1 })).toEqual(["attributes.0.max"]);
  expect(pathsOf({ name: "a", min: 2, max: "2026-01-01" })).toEqual(["attributes.0.max"]);
  expect(pathsOf({ name: "a", min: "soon" })).toEqual(["attributes.0.min"]);
  expect(segmentSchema.safeParse({ attributes: [] }).success).toBe(false);
});
