import { describe, expect, test } from "vitest";
import type { RuleDefinition } from "./rule.js";
import { nextSlot, slotsBetween } from "./slots.js";

const NEW_YORK = "America/New_York";
const SHANGHAI = "Asia/Shanghai";
const MINUTE = 60_000;
const DAY = 86_400_000;

type Slots = RuleDefinition["slots"];

function schedule(slots: Slots, validFrom = "2026-01-01", validTo = "2026-12-31") {
  return { slots, validFrom, validTo };
}
const mondayTen = schedule([{ weekday: 1, time: "10:00" }]);
const TEN = Date.UTC(2026, 5, 1, 2); // Monday 1 June, 10:00 in Shanghai

describe("slots that fire in a span", () => {
  test("count its end, not its beginning", () => {
    const found = [{ nominal: "2026-06-01T10:00", dueAt: TEN }];
    expect(slotsBetween(mondayTen, SHANGHAI, TEN - 1, TEN)).toEqual(found);
    expect(slotsBetween(mondayTen, SHANGHAI, TEN, TEN + DAY)).toEqual([]);
    expect(slotsBetween(mondayTen, SHANGHAI, TEN - DAY, TEN - 1)).toEqual([]);
  });

  test("are none in an empty or reversed span, and none without slots", () => {
    expect(slotsBetween(mondayTen, SHANGHAI, TEN, TEN)).toEqual([]);
    expect(slotsBetween(mondayTen, SHANGHAI, TEN + DAY, TEN - DAY)).toEqual([]);
    expect(slotsBetween(schedule([]), SHANGHAI, 0, TEN)).toEqual([]);
  });

  test("are each found once, however the span is cut", () => {
    const whole = slotsBetween(mondayTen, SHANGHAI, TEN - 30 * DAY, TEN + 30 * DAY);
    const cuts = Array.from({ length: 61 }, (_, n) => TEN - 30 * DAY + n * DAY);
    const parts = cuts.slice(1).flatMap((until, n) => slotsBetween(mondayTen, SHANGHAI, cuts[n] ?? 0, until));
    expect(whole).toHaveLength(9);
    expect(parts).toEqual(whole);
  });

  test("come by instant, and at one instant by nominal time", () => {
    const slots = schedule([
      { weekday: 7, time: "03:00" },
      { weekday: 7, time: "02:30" },
      { weekday: 7, time: "02:00" },
      { weekday: 7, time: "01:00" },
    ]);
    const found = slotsBetween(slots, NEW_YORK, Date.UTC(2026, 2, 8), Date.UTC(2026, 2, 9));
    expect(found.map(({ nominal }) => nominal.slice(11))).toEqual(["01:00", "02:00", "02:30", "03:00"]);
    expect(new Set(found.slice(1).map(({ dueAt }) => dueAt))).toEqual(new Set([Date.UTC(2026, 2, 8, 7)]));
  });

  test("lie on days of the validity, both ends in", () => {
    const daily = ([1, 2, 3, 4, 5, 6, 7] as const).flatMap((weekday) => [
      { weekday, time: "00:00" },
      { weekday, time: "23:59" },
    ]);
    const found = slotsBetween(schedule(daily, "2026-06-01", "2026-06-02"), SHANGHAI, 0, TEN + 365 * DAY);
    expect(found.map(({ nominal }) => nominal)).toEqual([
      "2026-06-01T00:00",
      "2026-06-01T23:59",
      "2026-06-02T00:00",
      "2026-06-02T23:59",
    ]);
  });

  test("fire on 29 February", () => {
    const leap = schedule([{ weekday: 4, time: "23:30" }], "2024-02-29", "2024-02-29");
    expect(slotsBetween(leap, SHANGHAI, 0, TEN)).toEqual([
      { nominal: "2024-02-29T23:30", dueAt: Date.UTC(2024, 1, 29, 15, 30) },
    ]);
  });

  test("are found although a clock change moves them past midnight", () => {
    // Cairo has no 00:00 … 00:59 on this Friday, and Apia had no Friday at all.
    const cairo = schedule([{ weekday: 5, time: "00:30" }], "2024-01-01", "2024-12-31");
    const one = Date.UTC(2024, 3, 25, 22);
    expect(slotsBetween(cairo, "Africa/Cairo", one - 1, one)).toEqual([{ nominal: "2024-04-26T00:30", dueAt: one }]);
    const apia = schedule([{ weekday: 5, time: "12:00" }], "2011-12-01", "2011-12-31");
    const gap = Date.UTC(2011, 11, 30, 10);
    expect(slotsBetween(apia, "Pacific/Apia", gap - 1, gap)).toEqual([{ nominal: "2011-12-30T12:00", dueAt: gap }]);
  });
});

describe("the next slot", () => {
  test("is the first one after an instant", () => {
    expect(nextSlot(mondayTen, SHANGHAI, TEN - 1)).toBe(TEN);
    expect(nextSlot(mondayTen, SHANGHAI, TEN)).toBe(TEN + 7 * DAY);
  });

  test("waits for the validity and ends with it", () => {
    expect(nextSlot(schedule(mondayTen.slots, "2026-06-01", "2026-06-30"), SHANGHAI, 0)).toBe(TEN);
    expect(nextSlot(schedule(mondayTen.slots, "2026-06-02", "2026-06-07"), SHANGHAI, 0)).toBeNull();
    expect(nextSlot(schedule(mondayTen.slots, "2026-01-01", "2026-06-01"), SHANGHAI, TEN)).toBeNull();
    expect(nextSlot(schedule([]), SHANGHAI, 0)).toBeNull();
  });

  test("is the end of the gap where its time does not exist", () => {
    const night = schedule([{ weekday: 7, time: "02:30" }]);
    const changed = Date.UTC(2026, 2, 8, 7);
    expect(nextSlot(night, NEW_YORK, changed - 6 * DAY)).toBe(changed);
    expect(nextSlot(night, NEW_YORK, changed)).toBe(Date.UTC(2026, 2, 15, 6, 30));
  });

  test("is the first of two equal wall times, and not the second as well", () => {
    const night = schedule([{ weekday: 7, time: "01:30" }]);
    const first = Date.UTC(2026, 10, 1, 5, 30);
    expect(nextSlot(night, NEW_YORK, first - MINUTE)).toBe(first);
    expect(nextSlot(night, NEW_YORK, first)).toBe(Date.UTC(2026, 10, 8, 6, 30));
  });

  test("is among the slots of the span that ends with it", () => {
    const busy = schedule(
      ([1, 3, 5, 7] as const).flatMap((weekday) => [
        { weekday, time: "00:00" },
        { weekday, time: "02:30" },
      ]),
    );
    let after = Date.UTC(2026, 2, 1);
    for (let n = 0; n < 40; n += 1) {
      const next = nextSlot(busy, NEW_YORK, after) ?? 0;
      expect(slotsBetween(busy, NEW_YORK, after, next).map(({ dueAt }) => dueAt)).toEqual([next]);
      after = next;
    }
  });
});
