// The functions of Temporal instead of its classes: a bundler keeps those that are called, and leaves out the rest.
import * as Instant from "temporal-polyfill/fns/Instant";
import * as PlainDate from "temporal-polyfill/fns/PlainDate";
import * as PlainDateTime from "temporal-polyfill/fns/PlainDateTime";
import * as ZonedDateTime from "temporal-polyfill/fns/ZonedDateTime";

/** Calendar day `YYYY-MM-DD`, without a zone. */
export type LocalDate = string;
/** Wall-clock minute `HH:mm`, 00:00 … 23:59. */
export type LocalTime = string;
/** 1 = Monday … 7 = Sunday (ISO 8601). */
export type IsoWeekday = 1 | 2 | 3 | 4 | 5 | 6 | 7;

/** Zone of a tenant that names none. */
export const DEFAULT_TIME_ZONE = "Asia/Shanghai";

const DATE = /^\d{4}-\d{2}-\d{2}$/;
const TIME = /^([01]\d|2[0-3]):[0-5]\d$/;
const DATE_TIME = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?)?$/;
const OFFSET = /[Zz]$|[T ]\S+[+-]\d{2}(?::?\d{2})?$/;

/** True for an existing day written `YYYY-MM-DD`. */
export function isLocalDate(text: string): boolean {
  if (!DATE.test(text)) return false;
  try {
    return PlainDate.toString(plainDate(text)) === text;
  } catch {
    return false;
  }
}

/** True for `HH:mm` of 00:00 … 23:59. */
export function isLocalTime(text: string): boolean {
  return TIME.test(text);
}

/** True for a zone that this runtime knows (IANA name such as `Asia/Shanghai`). */
export function isTimeZone(zone: string): boolean {
  try {
    zoned(0, zone);
    return !/^[+-]/.test(zone);
  } catch {
    return false;
  }
}

/** Local day of an instant. */
export function localDateOf(instant: number, zone: string): LocalDate {
  return PlainDate.toString(ZonedDateTime.toPlainDate(zoned(instant, zone)));
}

/** `YYYY-MM-DD HH:mm:ss` of an instant in a zone; the form that S4-style answers show. */
export function formatLocal(instant: number, zone: string): string {
  return wallTime(instant, zone, "second").replace("T", " ");
}

/** Nominal local minute `YYYY-MM-DDTHH:mm` of an instant. */
export function localMinuteOf(instant: number, zone: string): string {
  return wallTime(instant, zone, "minute");
}

/** The day `days` after (or before, when negative) a day. */
export function addDays(date: LocalDate, days: number): LocalDate {
  return PlainDate.toString(PlainDate.addDays(plainDate(date), days));
}

/** ISO weekday of a day. */
export function weekdayOf(date: LocalDate): IsoWeekday {
  // Temporal promises 1…7 here.
  return PlainDate.dayOfWeek(plainDate(date)) as IsoWeekday;
}

/** First instant of a local day, also where midnight does not exist. */
export function startOfDay(date: LocalDate, zone: string): number {
  return PlainDate.toZonedDateTime(plainDate(date), zone).epochMilliseconds;
}

/**
 * Instant of a nominal local minute.
 *
 * A minute that exists twice means the first; one that a clock change skips means the first instant after the gap.
 */
export function instantOf(date: LocalDate, time: LocalTime, zone: string): number {
  const [hour = 0, minute = 0] = time.split(":").map(Number);
  const { year, month, day } = plainDate(date);
  const wall = PlainDateTime.create(year, month, day, hour, minute);
  const earlier = PlainDateTime.toZonedDateTime(wall, zone, { disambiguation: "earlier" });
  if (PlainDateTime.equals(ZonedDateTime.toPlainDateTime(earlier), wall)) return earlier.epochMilliseconds;
  const transition = ZonedDateTime.getTimeZoneTransition(earlier, "next");
  return (transition ?? earlier).epochMilliseconds;
}

/**
 * Reads `YYYY-MM-DD`, `YYYY-MM-DD HH:mm[:ss[.SSS]]` (blank or `T`) as wall time of a zone, or a full ISO instant with offset or
 * `Z`. What is finer than a millisecond is cut off, as in columns of microseconds.
 *
 * @returns epoch milliseconds, or undefined when the text is none of these or names no existing day or time
 */
export function parseInstant(text: string, zone: string): number | undefined {
  const trimmed = text.trim();
  const match = DATE_TIME.exec(trimmed);
  try {
    if (!match) return OFFSET.test(trimmed) ? Instant.fromString(trimmed).epochMilliseconds : undefined;
    const [, date = "", minute = "00:00", second = "00", fraction = "0"] = match;
    if (!isLocalDate(date) || !TIME.test(minute) || Number(second) > 59) return undefined;
    return instantOf(date, minute, zone) + Number(second) * 1000 + Number(fraction.slice(0, 3).padEnd(3, "0"));
  } catch {
    return undefined;
  }
}

/** @throws {RangeError} if there is no such day */
function plainDate(date: LocalDate): PlainDate.Record {
  const [year = Number.NaN, month = Number.NaN, day = Number.NaN] = date.split("-").map(Number);
  return PlainDate.create(year, month, day);
}

function wallTime(instant: number, zone: string, smallestUnit: "second" | "minute"): string {
  const wall = ZonedDateTime.toPlainDateTime(zoned(instant, zone));
  return PlainDateTime.toString(wall, { smallestUnit, roundingMode: "floor" });
}

function zoned(instant: number, zone: string): ZonedDateTime.Record {
  return Instant.toZonedDateTimeISO(Instant.fromEpochMilliseconds(instant), zone);
}
