import { describe, expect, test } from "vitest";
import { countSegments } from "./count-segments.js";

describe("in mainland China", () => {
  test.each([
    [0, 0],
    [1, 1],
    [70, 1],
    [71, 2],
    [134, 2],
    [135, 3],
    [201, 3],
    [202, 4],
  ])("%i units are %i segments, whatever they are", (units, segments) => {
    for (const sign of ["好", "a", "。"]) {
      expect(countSegments(sign.repeat(units))).toEqual({ encoding: "ucs2", units, segments });
    }
  });
  test("an emoji takes two units", () => expect(countSegments("👨‍👩‍👧").units).toBe(8));
});

describe("by GSM", () => {
  const gsm = (text: string) => countSegments(text, { rules: "gsm" });
  test.each([
    ["", { encoding: "gsm7", units: 0, segments: 0 }],
    ["a".repeat(160), { encoding: "gsm7", units: 160, segments: 1 }],
    ["a".repeat(161), { encoding: "gsm7", units: 161, segments: 2 }],
    ["a".repeat(306), { encoding: "gsm7", units: 306, segments: 2 }],
    ["a".repeat(307), { encoding: "gsm7", units: 307, segments: 3 }],
    ["€".repeat(80), { encoding: "gsm7", units: 160, segments: 1 }],
    // An escaped character does not fit into the last septet of a part.
    [`${"a".repeat(152)}€${"b".repeat(151)}`, { encoding: "gsm7", units: 305, segments: 2 }],
    [`${"a".repeat(152)}€${"b".repeat(152)}`, { encoding: "gsm7", units: 306, segments: 3 }],
    ["好".repeat(70), { encoding: "ucs2", units: 70, segments: 1 }],
    [`${"好".repeat(66)}😀${"好".repeat(65)}`, { encoding: "ucs2", units: 133, segments: 2 }],
    [`${"好".repeat(66)}😀${"好".repeat(66)}`, { encoding: "ucs2", units: 134, segments: 3 }],
  ])("%# has its parts", (text, count) => expect(gsm(text)).toEqual(count));
});

test("rules that there are none of are refused", () => {
  // @ts-expect-error no such rules
  expect(() => countSegments("a", { rules: "us" })).toThrow(
    expect.objectContaining({ code: "config.invalid", option: "rules" }),
  );
});
