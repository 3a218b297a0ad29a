import { describe, expect, test } from "vitest";
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
});
