import { expect, test } from "vitest";
import { beginOfDay, endOfDay } from "./period";

test.each([
  ["2026-11-20", "Asia/Shanghai", "2026-11-19T16:00:00.000Z", "2026-11-20T16:00:00.000Z"],
  ["2026-12-31", "UTC", "2026-12-31T00:00:00.000Z", "2027-01-01T00:00:00.000Z"],
  // A day of 23 hours, and one of 25.
  ["2026-03-29", "Europe/Berlin", "2026-03-28T23:00:00.000Z", "2026-03-29T22:00:00.000Z"],
  ["2026-10-25", "Europe/Berlin", "2026-10-24T22:00:00.000Z", "2026-10-25T23:00:00.000Z"],
])("%s in %s", (day, zone, begin, end) => {
  expect([beginOfDay(day, zone), endOfDay(day, zone)]).toEqual([Date.parse(begin), Date.parse(end)]);
});
