import { describe, expect, test } from "vitest";
import { readInstant } from "./instant.js";

const TEN = Date.UTC(2026, 0, 31, 2);

describe("an instant", () => {
  test.each<[string, unknown, number]>([
    ["a Date", new Date(TEN), TEN],
    ["epoch ms", TEN, TEN],
    ["epoch ms as a bigint", BigInt(TEN), TEN],
    ["epoch ms as the text of a 64-bit column", String(TEN), TEN],
    ["ISO with Z", "2026-01-31T02:00:00Z", TEN],
    ["ISO with an offset", "2026-01-31T10:00:00+08:00", TEN],
    ["the text of timestamptz", "2026-01-31 10:00:00.000123+08", TEN],
    ["wall time of the zone", "2026-01-31 10:00:00", TEN],
    ["the text of datetime(6)", "2026-01-31 10:00:00.250999", TEN + 250],
    ["a day of the zone", "2026-01-31", TEN - 10 * 3_600_000],
    ["the first ms that there is", 0, 0],
    ["a Date of 1970", new Date(86_400_000), 86_400_000],
    ["text of 1970", "1970-06-01T00:00:00Z", Date.UTC(1970, 5, 1)],
    ["a day before 1970", -1_000_000_000, -1_000_000_000],
  ])("is %s", (_, value, at) => {
    expect(readInstant(value, "Asia/Shanghai")).toBe(at);
  });

  test.each<[string, unknown, string]>([
    ["epoch seconds", 1_769_824_800, "time.looks-like-seconds"],
    ["epoch seconds of long ago and of far ahead", 1e8, "time.looks-like-seconds"],
    ["epoch seconds as a bigint", 1_769_824_800n, "time.looks-like-seconds"],
    ["epoch microseconds", TEN * 1000, "time.range"],
    ["epoch nanoseconds", BigInt(TEN) * 1_000_000n, "time.range"],
    ["a compact day", "20260131", "time.invalid"],
    ["a compact minute", "202601311000", "time.invalid"],
    ["a compact second", "20260131100000", "time.invalid"],
    ["epoch seconds as text", "1769824800", "time.invalid"],
    ["a Date of no day", new Date(Number.NaN), "time.invalid"],
    ["a day that is not", "2026-02-30", "time.invalid"],
    ["a fraction", 1.5, "time.invalid"],
    ["nothing", undefined, "time.invalid"],
    ["an object", {}, "time.invalid"],
    ["a truth", true, "time.invalid"],
  ])("is not %s", (_, value, code) => {
    expect(readInstant(value, "Asia/Shanghai")).toMatchObject({ code });
  });
});
