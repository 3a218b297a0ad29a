import { describe, expect, test } from "vitest";
import type { Label, LabelKind } from "../customer/label.js";
import { memoryStores } from "../memory/index.js";
import { BOOTSTRAP_TENANT_ID } from "../tenant/tenant.js";
import { compileSegment } from "./compile-segment.js";
import { windowInstants } from "./days-ago.js";
import { segmentSchema } from "./segment.js";
import type { SegmentInput } from "./segment-input.js";

const SHANGHAI = "Asia/Shanghai";
const DAY = 86_400_000;

describe("the instants of a window", () => {
  const window = (minDays: number, maxDays: number) => ({ minDays, maxDays, recency: "last-order" as const });

  test("run from the first instant of the oldest day to the end of the newest", () => {
    const asOf = Date.UTC(2026, 5, 1, 2);
    expect(windowInstants(window(30, 45), asOf, SHANGHAI)).toEqual({
      from: Date.UTC(2026, 3, 16, 16),
      to: Date.UTC(2026, 4, 2, 16),
    });
  });

  test("are the same all day long", () => {
    const start = Date.UTC(2026, 4, 31, 16);
    expect(windowInstants(window(30, 45), start, SHANGHAI)).toEqual(
      windowInstants(window(30, 45), start + DAY - 1, SHANGHAI),
    );
    expect(windowInstants(window(30, 45), start - 1, SHANGHAI).from).toBe(
      windowInstants(window(30, 45), start, SHANGHAI).from - DAY,
    );
  });

  test("end at the instant itself for day 0", () => {
    const asOf = Date.UTC(2026, 5, 1, 2);
    expect(windowInstants(window(0, 0), asOf, SHANGHAI)).toEqual({ from: Date.UTC(2026, 4, 31, 16), to: asOf });
  });

  test("are one day where both ends are equal", () => {
    const { from, to } = windowInstants(window(7, 7), Date.UTC(2026, 5, 1, 2), SHANGHAI);
    expect(to - from).toBe(DAY);
  });

  test("count calendar days over leap days and clock changes", () => {
    const leap = windowInstants(window(1, 1), Date.UTC(2024, 2, 1, 4), SHANGHAI);
    expect(leap).toEqual({ from: Date.UTC(2024, 1, 28, 16), to: Date.UTC(2024, 1, 29, 16) });
    const spring = windowInstants(window(1, 1), Date.UTC(2026, 2, 9, 16), "America/New_York");
    expect(spring.to - spring.from).toBe(23 * 3_600_000);
    const autumn = windowInstants(window(1, 1), Date.UTC(2026, 10, 2, 16), "America/New_York");
    expect(autumn.to - autumn.from).toBe(25 * 3_600_000);
  });
});

describe("compiling", () => {
  const context = { tenantId: BOOTSTRAP_TENANT_ID, timeZone: SHANGHAI, asOf: Date.UTC(2026, 5, 1), statuses: ["paid"] };
  const LIBRARY: readonly [LabelKind, string][] = [
    ["city", "上海"],
    ["city", "北京"],
    ["sku", "1"],
    ["category", "1"],
  ];

  async function compiled(input: SegmentInput) {
    const stores = memoryStores();
    const { labels } = stores;
    const entries = LIBRARY.map(([kind, key]): Omit<Label, "id"> => ({ kind, key, name: key }));
    const ids = await labels.insertMany(BOOTSTRAP_TENANT_ID, entries);
    const names = new Map(ids.map((id, n) => [id, LIBRARY[n]?.join("=")]));
    const { query, unknownLabels } = await compileSegment(segmentSchema.parse(input), context, stores);
    const groups = query.labelGroups.map(({ customerLabelIds, orderLabelIds }) => [
      customerLabelIds.map((id) => names.get(id)),
      orderLabelIds.map((id) => names.get(id)),
    ]);
    return { query, unknownLabels, groups };
  }

  test("takes the instant and the statuses over, and no window where there is none", async () => {
    const { query, unknownLabels, groups } = await compiled({ everybody: true });
    expect(query).toEqual({ tenantId: 1, orders: { asOf: context.asOf, statuses: ["paid"] }, labelGroups: [] });
    expect([unknownLabels, groups]).toEqual([[], []]);
  });

  test("puts all labels into one group for any", async () => {
    const { groups } = await compiled({ labels: { city: ["上海", "北京"], sku: ["1"] } });
    expect(groups).toEqual([[["city=上海", "city=北京"], ["sku=1"]]]);
  });

  test("makes a group of each kind for grouped, and of each label for all", async () => {
    const labels = { city: ["上海", "北京"], sku: ["1"], category: ["1"] };
    expect((await compiled({ labels, labelMode: "grouped" })).groups).toEqual([
      [["city=上海", "city=北京"], []],
      [[], ["category=1"]],
      [[], ["sku=1"]],
    ]);
    expect((await compiled({ labels, labelMode: "all" })).groups).toEqual([
      [["city=上海"], []],
      [["city=北京"], []],
      [[], ["category=1"]],
      [[], ["sku=1"]],
    ]);
  });

  test("reports unknown labels and leaves groups of them empty, so that they match nobody", async () => {
    const labels = { sku: ["404", "1"], brand: ["蓝氏"] };
    const any = await compiled({ labels });
    expect(any.unknownLabels).toEqual([
      { kind: "brand", key: "蓝氏" },
      { kind: "sku", key: "404" },
    ]);
    expect(any.groups).toEqual([[[], ["sku=1"]]]);
    expect((await compiled({ labels, labelMode: "grouped" })).groups).toEqual([
      [[], []],
      [[], ["sku=1"]],
    ]);
    expect((await compiled({ labels: { brand: ["蓝氏"] } })).groups).toEqual([[[], []]]);
  });

  test("asks once for a label that is given twice, and treats empty lists as absent", async () => {
    const { groups } = await compiled({ labels: { city: ["上海", " 上海"], sku: [] }, labelMode: "all" });
    expect(groups).toEqual([[["city=上海"], []]]);
  });

  test("finds more labels than one look-up takes", async () => {
    const labels = Object.fromEntries(
      (["city", "sku"] as const).map((kind) => [kind, Array.from({ length: 1000 }, (_, n) => `${n}`)]),
    );
    const { unknownLabels, groups } = await compiled({ labels });
    expect(unknownLabels).toHaveLength(1999);
    expect(groups).toEqual([[[], ["sku=1"]]]);
  });
});
