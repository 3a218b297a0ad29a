import { describe, expect, test } from "vitest";
import type { Definition } from "./segment-form";
import { depthOf, isFinished, isGroup, moved, newGroup, newRow, treeDefinition, treeOf } from "./segment-tree";

const again = (definition: Definition) => {
  const tree = treeOf(definition);
  return tree && treeDefinition(tree);
};

describe("a tree of conditions and its definition", () => {
  test.each([
    { all: [{ lapse: { minDays: 30, maxDays: 45 } }, { labels: { city: ["上海"] } }] },
    { none: [{ saved: 7 }, { orders: { count: { min: 3 } } }] },
    {
      any: [
        { orders: { totalMinor: { min: 10_050, max: 20_000 } } },
        { all: [{ labels: { sku: ["A1"] } }, { none: [{ labels: { brand: ["蓝氏"] } }] }] },
        { attributes: [{ name: "等级", in: ["金", "银"] }] },
        { attributes: [{ name: "积分", min: 100 }] },
      ],
    },
  ])("say the same: %j", (definition) => {
    expect(again(definition)).toEqual(definition);
  });

  test("what the form says, and what the server fills in, become groups that mean the same", () => {
    const window = { minDays: 30, maxDays: 45, recency: "last-order" };
    const labels = { city: ["上海", "北京"], brand: ["蓝氏"] };
    const lapse = { lapse: { minDays: 30, maxDays: 45 } };
    const [city, brand] = [{ labels: { city: ["上海", "北京"] } }, { labels: { brand: ["蓝氏"] } }];
    expect(again({ lapse: window, labels, labelMode: "any", everybody: false })).toEqual({
      all: [lapse, { any: [city, brand] }],
    });
    expect(again({ lapse: window, labels, labelMode: "grouped" })).toEqual({ all: [lapse, city, brand] });
    expect(again({ labels, labelMode: "all" })).toEqual({
      all: [{ labels: { city: ["上海"] } }, { labels: { city: ["北京"] } }, brand],
    });
  });

  test.each([
    { lapse: { minDays: 1, maxDays: 2, recency: "any-order" } },
    { everybody: true },
    { all: [{ any: [{ birthday: { toDays: 7 } }] }] },
    { attributes: [{ name: "a", isSet: true }] },
    { orders: { firstOrder: { minDays: 1, maxDays: 2 } } },
  ])("what no row asks is no tree, however deep it stands: %j", (definition) => {
    expect(treeOf(definition)).toBeUndefined();
  });

  test("a condition without its answer, or a group without a condition, is not finished", () => {
    const said = { ...newRow("count"), min: 3 };
    expect([newGroup("all", [said]), said].map(isFinished)).toEqual([true, true]);
    const open = [newRow(), { ...newRow("lapse"), min: 1 }, newRow("city"), newRow("saved"), newRow("attribute")];
    expect(open.map(isFinished)).toEqual([false, false, false, false, false]);
    expect([newGroup("any", []), newGroup("any", [said, newGroup("none", [newRow()])])].map(isFinished)).toEqual([
      false,
      false,
    ]);
  });

  test("groups nest, and are counted from the outermost one", () => {
    expect(depthOf(newGroup())).toBe(1);
    expect(depthOf(newGroup("any", [newRow(), newGroup("none", [newGroup()])]))).toBe(3);
  });

  test("a part moves up and down within its group and no further", () => {
    const parts = [newRow("city"), newRow("count"), newGroup()];
    const kinds = (by: 1 | -1, at: number) => moved(parts, at, by).map((part) => (isGroup(part) ? "group" : part.kind));
    expect(kinds(1, 0)).toEqual(["count", "city", "group"]);
    expect(kinds(-1, 0)).toEqual(["city", "count", "group"]);
    expect(kinds(1, 2)).toEqual(["city", "count", "group"]);
  });
});
