import { describe, expect, test } from "vitest";
import { backoffMs } from "../delivery/backoff.js";
import { areCaps, capPolicy, capsSet, DEFAULT_FREQUENCY_CAPS, NO_CAPS, stricterCaps } from "./frequency-cap.js";

describe("backing off", () => {
  test("waits a random part of a doubling time, at most the cap", () => {
    expect([0, 1, 2, 5, 6, 60].map((tries) => backoffMs(0.999_999, tries))).toEqual([
      999, 1999, 3999, 31_999, 59_999, 59_999,
    ]);
    expect(backoffMs(0, 10)).toBe(0);
    expect(backoffMs(0.5, 3, 100, 600)).toBe(300);
  });
});

describe("caps", () => {
  test("count the calendar day of the rule's zone and the last seven days", () => {
    const now = Date.UTC(2026, 5, 1, 2);
    expect(capPolicy(DEFAULT_FREQUENCY_CAPS, "Asia/Shanghai", now)).toEqual({
      now,
      dayStart: Date.UTC(2026, 4, 31, 16),
      maxPerDay: 1,
      weekStart: now - 7 * 86_400_000,
      maxPerWeek: 3,
      minGapMs: 48 * 3_600_000,
    });
    expect(capPolicy(DEFAULT_FREQUENCY_CAPS, "America/New_York", now).dayStart).toBe(Date.UTC(2026, 4, 31, 4));
  });

  test("are whole milliseconds, whatever part of an hour the gap is", () => {
    expect(capPolicy({ ...NO_CAPS, minGapHours: 1 / 7 }, "UTC", 0).minGapMs).toBe(514_286);
  });

  test("keep what is not set anew, and are none when they are off", () => {
    expect(capsSet(DEFAULT_FREQUENCY_CAPS, { maxPerDay: 2, minGapHours: undefined })).toEqual({
      maxPerDay: 2,
      maxPerWeek: 3,
      minGapHours: 48,
    });
    expect(areCaps(capsSet(DEFAULT_FREQUENCY_CAPS, "off"))).toBe(false);
    expect(areCaps(capsSet(NO_CAPS, { maxPerWeek: 1 }))).toBe(true);
  });

  test("of two the stricter one holds, part by part", () => {
    expect(stricterCaps(DEFAULT_FREQUENCY_CAPS, { maxPerDay: 5, maxPerWeek: 1, minGapHours: 72 })).toEqual({
      maxPerDay: 1,
      maxPerWeek: 1,
      minGapHours: 72,
    });
    expect(stricterCaps(NO_CAPS, { maxPerDay: 5 })).toEqual({ ...NO_CAPS, maxPerDay: 5 });
    expect(stricterCaps(DEFAULT_FREQUENCY_CAPS)).toEqual(DEFAULT_FREQUENCY_CAPS);
  });
});
