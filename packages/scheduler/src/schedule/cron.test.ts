import { describe, expect, test } from "vitest";
import { cronFirings } from "./cron.js";
import { intervalFirings, noFirings, upcoming } from "./firings.js";

const at = (text: string) => Date.parse(text);
const shown = (instants: readonly number[]) => instants.map((instant) => new Date(instant).toISOString());
const next = (cron: string, zone: string, after: string, count = 2) =>
  shown(upcoming(cronFirings(cron, zone), at(after), count));

describe("cron", () => {
  test.each([
    ["0 3 * * *", "Asia/Shanghai", ["2026-03-07T19:00:00.000Z", "2026-03-08T19:00:00.000Z"]],
    ["*/10 0 3 * * *", "Asia/Shanghai", ["2026-03-07T19:00:00.000Z", "2026-03-07T19:00:10.000Z"]],
    ["@daily", "UTC", ["2026-03-08T00:00:00.000Z", "2026-03-09T00:00:00.000Z"]],
    ["0 9 * * MON-FRI", "Asia/Shanghai", ["2026-03-09T01:00:00.000Z", "2026-03-10T01:00:00.000Z"]],
    ["0 0 * * 7", "UTC", ["2026-03-08T00:00:00.000Z", "2026-03-15T00:00:00.000Z"]],
    ["0 0 29 2 *", "UTC", ["2028-02-29T00:00:00.000Z", "2032-02-29T00:00:00.000Z"]],
    ["0 9 L * *", "UTC", ["2026-03-31T09:00:00.000Z", "2026-04-30T09:00:00.000Z"]],
    ["0 9 * * 1#2", "UTC", ["2026-03-09T09:00:00.000Z", "2026-04-13T09:00:00.000Z"]],
    // Either of the two days.
    ["0 0 13 * 5", "UTC", ["2026-03-13T00:00:00.000Z", "2026-03-20T00:00:00.000Z"]],
  ])("%s in %s fires at its times", (cron, zone, expected) => {
    expect(next(cron, zone, "2026-03-07T12:00:00Z")).toEqual(expected);
  });

  test("a time that does not exist fires as much later as the clocks moved", () => {
    expect(next("30 2 * * *", "America/New_York", "2026-03-07T12:00:00Z")).toEqual([
      "2026-03-08T07:30:00.000Z",
      "2026-03-09T06:30:00.000Z",
    ]);
  });

  test("a time that exists twice fires once, and steps of hours go on", () => {
    expect(next("30 1 * * *", "America/New_York", "2026-10-31T12:00:00Z")).toEqual([
      "2026-11-01T05:30:00.000Z",
      "2026-11-02T06:30:00.000Z",
    ]);
    expect(next("*/30 * * * *", "America/New_York", "2026-11-01T05:15:00Z", 4)).toEqual([
      "2026-11-01T05:30:00.000Z",
      "2026-11-01T06:00:00.000Z",
      "2026-11-01T06:30:00.000Z",
      "2026-11-01T07:00:00.000Z",
    ]);
  });

  test.each([
    "0 0 30 2 *",
    "0 0 31 4,6 *",
    "",
    "* * * *",
    "* * * * * * *",
    "60 * * * *",
    "*/0 * * * *",
    "H * * * *",
    "0 0 * * 8",
    "喵 * * * *",
    "@reboot",
    "0 0 1 1 * 2027 x",
  ])("%j is refused", (cron) => {
    expect(() => cronFirings(cron)).toThrow(expect.objectContaining({ code: "input.invalid" }));
  });

  test("an unknown zone is refused", () => {
    expect(() => cronFirings("0 3 * * *", "Asia/Nowhere")).toThrow(
      expect.objectContaining({ issues: [expect.objectContaining({ path: "zone" })] }),
    );
  });

  test("the last firing is the one at the instant, or the one before", () => {
    const firings = cronFirings("0 3 * * *", "UTC");
    const three = at("2026-03-08T03:00:00Z");
    expect([firings.last(three), firings.last(three - 1), firings.last(three + 999)]).toEqual([
      three,
      three - 86_400_000,
      three,
    ]);
  });
});

test("intervals are counted from 1970, so that every process means the same instants", () => {
  const firings = intervalFirings(90_000);
  expect(upcoming(firings, 89_999, 2)).toEqual([90_000, 180_000]);
  expect([firings.last(90_000), firings.last(89_999)]).toEqual([90_000, 0]);
  expect(upcoming(noFirings, 0, 2)).toEqual([]);
});
