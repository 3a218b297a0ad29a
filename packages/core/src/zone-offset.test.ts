import * as Instant from "temporal-polyfill/fns/Instant";
import * as PlainDateTime from "temporal-polyfill/fns/PlainDateTime";
import * as ZonedDateTime from "temporal-polyfill/fns/ZonedDateTime";
import { describe, expect, test } from "vitest";
import { instantOfWall, offsetMs } from "./zone-offset.js";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Zones of unlike rules: no changes, two hemispheres, half hours, Ramadan, a skipped day, midnights that don't exist. */
const ZONES = [
  "Asia/Shanghai",
  "America/New_York",
  "Europe/London",
  "Australia/Lord_Howe",
  "America/St_Johns",
  "Africa/Casablanca",
  "Africa/Cairo",
  "Pacific/Apia",
  "Asia/Kathmandu",
  "America/Sao_Paulo",
];

/** What the Temporal standard says. */
const zoned = (instant: number, zone: string) =>
  Instant.toZonedDateTimeISO(Instant.fromEpochMilliseconds(instant), zone);

function temporalInstantOf(wall: number, zone: string): number {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0] = (new Date(wall).toISOString().match(/\d+/g) ?? []).map(
    Number,
  );
  const plain = PlainDateTime.create(year, month, day, hour, minute);
  const earlier = PlainDateTime.toZonedDateTime(plain, zone, { disambiguation: "earlier" });
  if (PlainDateTime.equals(ZonedDateTime.toPlainDateTime(earlier), plain)) return earlier.epochMilliseconds;
  return ZonedDateTime.getTimeZoneTransition(earlier, "next")?.epochMilliseconds ?? Number.NaN;
}

describe.each(ZONES)("%s agrees with Temporal", (zone) => {
  test("about the offset of an instant every six weeks of 60 years", () => {
    for (let at = Date.UTC(1975, 0, 1); at < Date.UTC(2035, 0, 1); at += 1009 * HOUR)
      if (offsetMs(at, zone) !== ZonedDateTime.offsetNanoseconds(zoned(at, zone)) / 1e6) expect.fail(`${at}`);
  });

  test("about every quarter of an hour around clock changes", () => {
    let change = ZonedDateTime.getTimeZoneTransition(zoned(Date.UTC(2008, 0, 1), zone), "next");
    for (let count = 0; change && count < 8; count++) {
      const at = change.epochMilliseconds + offsetMs(change.epochMilliseconds, zone);
      for (let wall = at - 3 * HOUR; wall < at + 3 * HOUR; wall += HOUR / 4)
        expect(instantOfWall(wall, zone), new Date(wall).toISOString()).toBe(temporalInstantOf(wall, zone));
      change = ZonedDateTime.getTimeZoneTransition(change, "next");
    }
    expect(instantOfWall(Date.UTC(2026, 5, 1), zone)).toBe(temporalInstantOf(Date.UTC(2026, 5, 1), zone));
  });
});

test("knows offsets of seconds, from before zones", () => {
  expect(offsetMs(Date.UTC(1890, 0, 1), "Asia/Shanghai")).toBe(8 * HOUR + 5 * 60_000 + 43_000);
  expect(offsetMs(Date.UTC(1960, 0, 1), "Africa/Monrovia")).toBe(-(44 * 60_000 + 30_000));
});

test.each(["IST", "CST", "PST", "Etc/Unknown", "GMT+8", "+08:00"])(
  "refuses %s, which is no zone or several",
  (zone) => {
    expect(() => offsetMs(0, zone)).toThrow(RangeError);
  },
);

test("refuses an instant that no calendar has", () => {
  expect(() => offsetMs(Number.NaN, "UTC")).toThrow(RangeError);
  expect(() => instantOfWall(9e15 + DAY, "UTC")).toThrow(RangeError);
});
