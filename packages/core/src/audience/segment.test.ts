import { describe, expect, test } from "vitest";
import { InputError } from "../errors.js";
import { sourceParts } from "./audience-source.js";
import { segmentSchema } from "./segment.js";
import type { SegmentInput } from "./segment-input.js";

const parse = (input: unknown) => segmentSchema.safeParse(input);
const faults = (input: unknown) => parse(input).error?.issues.map(({ path, code }) => `${path.join(".")}: ${code}`);

describe("a segment", () => {
  test("fills in its defaults", () => {
    expect(segmentSchema.parse({ lapse: { minDays: 30, maxDays: 45 } })).toEqual({
      lapse: { minDays: 30, maxDays: 45, recency: "last-order" },
      labelMode: "any",
      everybody: false,
    });
  });

  test("means somebody by a window, a label or everybody, not by nothing", () => {
    expect(parse({ lapse: { minDays: 0, maxDays: 0 } }).success).toBe(true);
    expect(parse({ labels: { city: ["上海"] } }).success).toBe(true);
    expect(parse({ everybody: true }).success).toBe(true);
    expect(faults({})).toEqual([": custom"]);
    expect(faults({ everybody: false })).toEqual([": custom"]);
    expect(faults({ labels: {} })).toEqual([": custom"]);
    expect(faults({ labels: { city: [], sku: [] } })).toEqual([": custom"]);
  });

  test("keeps label keys in the form of the library", () => {
    const input: SegmentInput = { labels: { city: [" Orle\u0301ans "], sku: ["22423", "85123A"] } };
    expect(segmentSchema.parse(input).labels).toEqual({ city: ["Orl\u00e9ans"], sku: ["22423", "85123A"] });
  });

  test.each([
    [{ minDays: 45, maxDays: 30 }, "lapse.maxDays: custom"],
    [{ minDays: -1, maxDays: 30 }, "lapse.minDays: too_small"],
    [{ minDays: 0, maxDays: 3651 }, "lapse.maxDays: too_big"],
    [{ minDays: 1.5, maxDays: 30 }, "lapse.minDays: invalid_type"],
    [{ minDays: "30", maxDays: 45 }, "lapse.minDays: invalid_type"],
    [{ minDays: 30 }, "lapse.maxDays: invalid_type"],
    [{ minDays: 30, maxDays: 45, recency: "first-order" }, "lapse.recency: invalid_value"],
    [{ minDays: 30, maxDays: 45, unit: "days" }, "lapse: unrecognized_keys"],
  ])("refuses the window %j", (lapse, fault) => {
    expect(faults({ lapse })).toEqual([fault]);
  });

  test.each([
    [{ labels: { colour: ["red"] } }, "labels: unrecognized_keys"],
    [{ labels: { city: [" "] } }, "labels.city.0: too_small"],
    [{ labels: { city: ["x".repeat(256)] } }, "labels.city.0: too_big"],
    [{ labels: { sku: Array.from({ length: 1001 }, (_, n) => `${n}`) } }, "labels.sku: too_big"],
    [{ labels: { sku: "22423" } }, "labels.sku: invalid_type"],
    [{ everybody: true, labelMode: "none" }, "labelMode: invalid_value"],
    [{ everybody: "yes" }, "everybody: invalid_type"],
    [{ everybody: true, minDays: 30 }, ": unrecognized_keys"],
  ])("refuses %j", (input, fault) => {
    expect(faults(input)).toContain(fault);
  });

  test("goes 8 deep, and no input leads deeper", () => {
    const nest = (depth: number, inner: unknown = { everybody: true }): unknown =>
      depth === 0 ? inner : { none: [nest(depth - 1, inner)] };
    expect(parse(nest(8)).success).toBe(true);
    expect(faults(nest(9))).toEqual([`${Array.from({ length: 9 }, () => "none.0").join(".")}: custom`]);
    let endless: unknown = { everybody: true };
    for (let n = 0; n < 100_000; n++) endless = { all: [endless] };
    expect(parse(endless).success).toBe(false);
    expect(() => sourceParts({ segment: endless as SegmentInput })).toThrow(InputError);
    const wide = { any: Array.from({ length: 5 }, () => ({ all: Array(50).fill({ everybody: true }) })) };
    expect(faults(wide)).toEqual([": custom"]);
  });

  test("of 10 MB is refused, with the path of each list that is too long", () => {
    const keys = Array.from({ length: 500_000 }, (_, n) => `customer-number-${n}`);
    expect(faults({ customers: keys, labels: { sku: keys } })).toEqual(["labels.sku: too_big", "customers: too_big"]);
  });

  test.each([
    [{ any: [] }, ["any: too_small"]],
    [{ all: [{}] }, ["all.0: custom"]],
    [
      { none: [{ lapse: { minDays: 9, maxDays: 1 } }, { everybody: true, wat: 1 }] },
      ["none.0.lapse.maxDays: custom", "none.1: unrecognized_keys"],
    ],
    [{ orders: {} }, ["orders: custom"]],
    [{ orders: { count: {} } }, ["orders.count: custom"]],
    [
      { orders: { count: { min: 2, max: 1 }, averageGapDays: { min: -1 } } },
      ["orders.averageGapDays.min: too_small", "orders.count.max: custom"],
    ],
    [
      { orders: { overdue: { factor: 0.5, minOrders: 1 } } },
      ["orders.overdue.factor: too_small", "orders.overdue.minOrders: too_small"],
    ],
    [{ products: [{ bought: true }] }, ["products.0: custom"]],
    [{ birthday: { fromDays: 7, toDays: 3 } }, ["birthday.toDays: custom"]],
    [{ birthday: { toDays: 100, calendar: "lunar" } }, ["birthday.toDays: custom"]],
    [{ birthday: { toDays: 1, calendar: "julian" } }, ["birthday.calendar: invalid_value"]],
    [{ customers: [] }, ["customers: too_small"]],
    [{ consents: [{ status: "maybe" }] }, ["consents.0.status: invalid_value"]],
    [
      { engagement: [{ did: "opened" }, { did: "sent", withinDays: -1 }] },
      ["engagement.0.did: invalid_value", "engagement.1.withinDays: too_small"],
    ],
  ])("refuses %j with every path", (input, expected) => {
    expect(faults(input)?.toSorted()).toEqual(expected.toSorted());
  });
});
