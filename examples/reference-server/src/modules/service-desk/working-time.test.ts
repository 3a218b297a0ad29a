import { parseInstant } from "@recallkit/core/ports";
import { describe, expect, test } from "vitest";
import { afterWorkingMinutes, isWorkingTime, type WorkCalendar } from "./working-time.js";

const WORKDAY = [
  { from: "09:00", to: "12:00" },
  { from: "13:00", to: "18:00" },
];
const hours = { "1": WORKDAY, "2": WORKDAY, "3": WORKDAY, "4": WORKDAY, "5": WORKDAY };
const calendar = (timeZone: string, parts: Partial<WorkCalendar> = {}): WorkCalendar => ({
  timeZone,
  hours,
  holidays: new Set(),
  workdays: new Set(),
  ...parts,
});
const at = (wall: string, zone: string) => parseInstant(wall, zone) ?? Number.NaN;

describe("working time", () => {
  test.each([
    ["within a span", "2026-01-05 09:00", 60, "2026-01-05 10:00"],
    ["over the noon", "2026-01-05 11:30", 60, "2026-01-05 13:30"],
    ["to the end of a span", "2026-01-05 09:00", 180, "2026-01-05 12:00"],
    ["from before work", "2026-01-05 03:00", 1, "2026-01-05 09:01"],
    ["over a weekend", "2026-01-09 17:30", 60, "2026-01-12 09:30"],
    ["from within a weekend", "2026-01-10 12:00", 480, "2026-01-12 18:00"],
    ["over a new year of 53 weeks", "2026-12-31 17:00", 120, "2027-01-01 10:00"],
  ])("%s", (_, from, minutes, to) => {
    const zone = "Asia/Shanghai";
    expect(afterWorkingMinutes(at(from, zone), minutes, calendar(zone))).toBe(at(to, zone));
  });

  test("holidays are free, and days that make up for them are worked by Monday's hours", () => {
    const zone = "Asia/Shanghai";
    const golden = calendar(zone, {
      holidays: new Set(["2026-10-01", "2026-10-02", "2026-10-05", "2026-10-06", "2026-10-07"]),
      workdays: new Set(["2026-10-10"]),
    });
    const from = at("2026-09-30 17:00", zone);
    expect(afterWorkingMinutes(from, 120, golden)).toBe(at("2026-10-08 10:00", zone));
    expect(afterWorkingMinutes(at("2026-10-09 17:00", zone), 120, golden)).toBe(at("2026-10-10 10:00", zone));
    expect(isWorkingTime(at("2026-10-10 10:00", zone), golden)).toBe(true);
    expect(isWorkingTime(at("2026-10-01 10:00", zone), golden)).toBe(false);
  });

  test("nights of a clock change have the minutes that pass and no others", () => {
    const zone = "Europe/Berlin";
    const night = calendar(zone, { hours: { "7": [{ from: "00:00", to: "06:00" }] } });
    // 2026-03-29, 02:00 becomes 03:00: five hours. 2026-10-25, 03:00 becomes 02:00: seven.
    const spring = at("2026-03-29 00:00", zone);
    expect(afterWorkingMinutes(spring, 300, night)).toBe(at("2026-03-29 06:00", zone));
    expect(afterWorkingMinutes(spring, 301, night)).toBe(at("2026-04-05 00:01", zone));
    const autumn = at("2026-10-25 00:00", zone);
    expect(afterWorkingMinutes(autumn, 420, night)).toBe(at("2026-10-25 06:00", zone));
    expect(afterWorkingMinutes(at("2026-10-24 12:00", zone), 60, night)).toBe(autumn + 3_600_000);
  });

  test("a day's work over the change of clocks is as long as on any other day", () => {
    const zone = "America/New_York";
    expect(afterWorkingMinutes(at("2026-03-06 17:00", zone), 120, calendar(zone))).toBe(at("2026-03-09 10:00", zone));
    expect(afterWorkingMinutes(at("2026-10-30 17:00", zone), 120, calendar(zone))).toBe(at("2026-11-02 10:00", zone));
  });

  test("where nobody ever works all time counts", () => {
    const zone = "Asia/Shanghai";
    const from = at("2026-01-05 09:00", zone);
    expect(afterWorkingMinutes(from, 90, calendar(zone, { hours: {} }))).toBe(from + 90 * 60_000);
  });
});
