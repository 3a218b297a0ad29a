import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  addDays,
  formatLocal,
  instantOf,
  isLocalDate,
  isLocalTime,
  isTimeZone,
  localDateOf,
  localMinuteOf,
  parseInstant,
  startOfDay,
  weekdayOf,
} from "./local-time.js";

const NEW_YORK = "America/New_York";
const SHANGHAI = "Asia/Shanghai";
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

describe("isLocalDate", () => {
  test.each(["2024-02-29", "2000-02-29", "0001-01-01", "9999-12-31"])("takes %s", (text) => {
    expect(isLocalDate(text)).toBe(true);
  });

  test.each([
    "2023-02-29",
    "1900-02-29",
    "2026-02-30",
    "2026-13-01",
    "2026-00-10",
    "2026-1-1",
    "2026-01-01T00:00",
    " 2026-01-01",
    "2026-01-01\n",
    "20260101",
    "",
  ])("refuses %j", (text) => {
    expect(isLocalDate(text)).toBe(false);
  });
});

describe("isLocalTime", () => {
  test.each(["00:00", "09:05", "19:59", "23:59"])("takes %s", (text) => {
    expect(isLocalTime(text)).toBe(true);
  });

  test.each(["24:00", "9:00", "23:60", "10:00:00", "10-00", "1000", "10:00\n", ""])("refuses %j", (text) => {
    expect(isLocalTime(text)).toBe(false);
  });
});

describe("isTimeZone", () => {
  test.each([SHANGHAI, NEW_YORK, "UTC", "Australia/Lord_Howe"])("knows %s", (zone) => {
    expect(isTimeZone(zone)).toBe(true);
  });

  test.each(["Mars/Olympus", "+08:00", "-05:00", "", "Asia Shanghai"])("does not take %j for a zone", (zone) => {
    expect(isTimeZone(zone)).toBe(false);
  });
});

describe("days", () => {
  test("are added over leap days and the end of the year", () => {
    expect(addDays("2024-02-28", 1)).toBe("2024-02-29");
    expect(addDays("2023-02-28", 1)).toBe("2023-03-01");
    expect(addDays("2024-03-01", -1)).toBe("2024-02-29");
    expect(addDays("2025-12-31", 1)).toBe("2026-01-01");
    expect(addDays("2026-06-15", 0)).toBe("2026-06-15");
  });

  test("have ISO weekdays, 7 being Sunday", () => {
    expect(weekdayOf("2026-06-01")).toBe(1);
    expect(weekdayOf("2024-02-29")).toBe(4);
    expect(weekdayOf("2026-03-08")).toBe(7);
  });

  test("begin at local midnight", () => {
    expect(startOfDay("2026-06-01", SHANGHAI)).toBe(Date.UTC(2026, 4, 31, 16));
    expect(startOfDay("2026-06-01", "UTC")).toBe(Date.UTC(2026, 5, 1));
    expect(startOfDay("2026-06-01", "America/St_Johns")).toBe(Date.UTC(2026, 5, 1, 2, 30));
  });

  test("begin later where midnight does not exist", () => {
    expect(startOfDay("2024-04-26", "Africa/Cairo")).toBe(Date.UTC(2024, 3, 25, 22));
    expect(formatLocal(startOfDay("2024-04-26", "Africa/Cairo"), "Africa/Cairo")).toBe("2024-04-26 01:00:00");
  });

  test("have 23, 24½ and 25 hours where clocks change", () => {
    const length = (date: string, zone: string) => startOfDay(addDays(date, 1), zone) - startOfDay(date, zone);
    expect(length("2026-03-08", NEW_YORK)).toBe(23 * HOUR);
    expect(length("2026-11-01", NEW_YORK)).toBe(25 * HOUR);
    expect(length("2026-04-05", "Australia/Lord_Howe")).toBe(24.5 * HOUR);
    expect(length("2026-03-29", "Europe/London")).toBe(23 * HOUR);
    expect(length("2026-03-08", SHANGHAI)).toBe(DAY);
  });

  test("hold their first and last millisecond", () => {
    const start = startOfDay("2024-02-29", SHANGHAI);
    expect(localDateOf(start, SHANGHAI)).toBe("2024-02-29");
    expect(localDateOf(start - 1, SHANGHAI)).toBe("2024-02-28");
    expect(localDateOf(start + DAY - 1, SHANGHAI)).toBe("2024-02-29");
    expect(localDateOf(start + DAY, SHANGHAI)).toBe("2024-03-01");
  });
});

describe("instantOf", () => {
  test("is the wall time of the zone", () => {
    expect(instantOf("2026-06-01", "10:00", SHANGHAI)).toBe(Date.UTC(2026, 5, 1, 2));
    expect(instantOf("2026-06-01", "10:00", NEW_YORK)).toBe(Date.UTC(2026, 5, 1, 14));
    expect(instantOf("2024-02-29", "23:59", SHANGHAI)).toBe(Date.UTC(2024, 1, 29, 15, 59));
  });

  test.each([
    ["2026-03-08", "02:00", NEW_YORK, Date.UTC(2026, 2, 8, 7)],
    ["2026-03-08", "02:30", NEW_YORK, Date.UTC(2026, 2, 8, 7)],
    ["2026-03-08", "02:59", NEW_YORK, Date.UTC(2026, 2, 8, 7)],
    ["2026-03-29", "01:30", "Europe/London", Date.UTC(2026, 2, 29, 1)],
    ["2026-10-04", "02:15", "Australia/Lord_Howe", Date.UTC(2026, 9, 3, 15, 30)],
    ["2024-04-26", "00:00", "Africa/Cairo", Date.UTC(2024, 3, 25, 22)],
    // A whole day that the islands left out.
    ["2011-12-30", "12:00", "Pacific/Apia", Date.UTC(2011, 11, 30, 10)],
  ])("%s %s in %s, a gap, is the first instant after it", (date, time, zone, expected) => {
    expect(instantOf(date, time, zone)).toBe(expected);
  });

  test.each([
    ["2026-11-01", "01:00", NEW_YORK, Date.UTC(2026, 10, 1, 5)],
    ["2026-11-01", "01:30", NEW_YORK, Date.UTC(2026, 10, 1, 5, 30)],
    ["2026-10-25", "01:30", "Europe/London", Date.UTC(2026, 9, 25, 0, 30)],
    ["2026-04-05", "01:45", "Australia/Lord_Howe", Date.UTC(2026, 3, 4, 14, 45)],
  ])("%s %s in %s, there twice, is the first", (date, time, zone, expected) => {
    expect(instantOf(date, time, zone)).toBe(expected);
  });

  test("and localMinuteOf are each other's inverse outside gaps and overlaps", () => {
    const minutes = fc.integer({ min: Date.UTC(2020, 0, 1) / 60_000, max: Date.UTC(2030, 0, 1) / 60_000 });
    fc.assert(
      fc.property(minutes, (minute) => {
        const instant = minute * 60_000;
        const [date = "", time = ""] = localMinuteOf(instant, SHANGHAI).split("T");
        expect(instantOf(date, time, SHANGHAI)).toBe(instant);
      }),
      { seed: 1, numRuns: 200 },
    );
  });
});

describe("formatting", () => {
  test("shows seconds, never rounding up", () => {
    expect(formatLocal(Date.UTC(2026, 5, 1, 2, 3, 4, 999), SHANGHAI)).toBe("2026-06-01 10:03:04");
    expect(formatLocal(Date.UTC(2026, 5, 1, 15, 59, 59, 999), SHANGHAI)).toBe("2026-06-01 23:59:59");
    expect(formatLocal(Date.UTC(2026, 5, 1, 16), SHANGHAI)).toBe("2026-06-02 00:00:00");
  });

  test("names the nominal minute that an instant lies in", () => {
    expect(localMinuteOf(Date.UTC(2026, 5, 1, 2, 3, 59, 999), SHANGHAI)).toBe("2026-06-01T10:03");
  });
});

describe("parseInstant", () => {
  test.each([
    ["2026-06-01", Date.UTC(2026, 4, 31, 16)],
    ["2026-06-01 10:00", Date.UTC(2026, 5, 1, 2)],
    ["2026-06-01T10:00", Date.UTC(2026, 5, 1, 2)],
    [" 2026-06-01 10:00:05 ", Date.UTC(2026, 5, 1, 2, 0, 5)],
    ["2026-06-01 10:00:05.1", Date.UTC(2026, 5, 1, 2, 0, 5, 100)],
    ["2026-06-01 23:59:59.999", Date.UTC(2026, 5, 1, 15, 59, 59, 999)],
    ["2024-02-29 00:00:00.000", Date.UTC(2024, 1, 28, 16)],
    ["2026-06-01T10:00:00Z", Date.UTC(2026, 5, 1, 10)],
    ["2026-06-01T10:00:00.250+08:00", Date.UTC(2026, 5, 1, 2, 0, 0, 250)],
    ["2026-06-01T10:00:00-0500", Date.UTC(2026, 5, 1, 15)],
    ["2026-06-01 10:00+08", Date.UTC(2026, 5, 1, 2)],
    ["2026-06-01t10:00:00,5z", Date.UTC(2026, 5, 1, 10, 0, 0, 500)],
    ["2026-06-01T10:00:00.123456789-03:30", Date.UTC(2026, 5, 1, 13, 30, 0, 123)],
  ])("reads %j", (text, expected) => {
    expect(parseInstant(text, SHANGHAI)).toBe(expected);
  });

  test.each([
    "2023-02-29",
    "2023-02-29 10:00",
    "2026-06-31",
    "2026-06-01 24:00",
    "2026-06-01 10:60",
    "2026-06-01 10:00:60",
    "2026-06-01 9:00",
    "2026-6-1",
    "2026/06/01",
    "01.06.2026",
    "2026-06-01 10:00:00.1234567890",
    "2026-06-01 10:00 +08:00 extra",
    "2026-02-30T10:00:00Z",
    "2026-06-01T10:00:00+24:00",
    "2026-06-01T24:00:00Z",
    "2026-06-01Z",
    "20260601",
    "yesterday",
    "1780000000",
    "",
  ])("does not guess at %j", (text) => {
    expect(parseInstant(text, SHANGHAI)).toBeUndefined();
  });

  test("takes a wall time that is there twice for the first, and a skipped one for the end of the gap", () => {
    expect(parseInstant("2026-11-01 01:30:30", NEW_YORK)).toBe(Date.UTC(2026, 10, 1, 5, 30, 30));
    expect(parseInstant("2026-03-08 02:30", NEW_YORK)).toBe(Date.UTC(2026, 2, 8, 7));
  });

  test("reads back what formatLocal shows", () => {
    const instant = Date.UTC(2026, 5, 1, 2, 3, 4);
    expect(parseInstant(formatLocal(instant, NEW_YORK), NEW_YORK)).toBe(instant);
  });
});
