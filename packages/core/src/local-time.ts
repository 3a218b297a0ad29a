import { instantOfWall, offsetMs } from "./zone-offset.js";

/** Calendar day `YYYY-MM-DD`, without a zone. */
export type LocalDate = string;
/** Wall-clock minute `HH:mm`, 00:00 … 23:59. */
export type LocalTime = string;
/** 1 = Monday … 7 = Sunday (ISO 8601). */
export type IsoWeekday = 1 | 2 | 3 | 4 | 5 | 6 | 7;

/** Zone of a tenant that names none. */
export const DEFAULT_TIME_ZONE = "Asia/Shanghai";

const DAY_MS = 86_400_000;
const DATE = /^\d{4}-\d{2}-\d{2}$/;
const TIME = /^([01]\d|2[0-3]):[0-5]\d$/;
const DATE_TIME =
  /^(\d{4}-\d{2}-\d{2})(?:[Tt ](\d{2}:\d{2})(?::([0-5]\d)(?:[.,](\d{1,9}))?)?(?:([Zz])|([+-])(\d{2}):?(\d{2})?)?)?$/;

/** True for an existing day written `YYYY-MM-DD`. */
export function isLocalDate(text: string): boolean {
  if (!DATE.test(text)) return false;
  const at = Date.parse(text);
  // A day that a month lacks is no number, or a day of the next month.
  return !Number.isNaN(at) && dayOf(at) === text;
}

/** True for `HH:mm` of 00:00 … 23:59. */
export function isLocalTime(text: string): boolean {
  return TIME.test(text);
}

/** True for a zone that this runtime knows (IANA name such as `Asia/Shanghai`). */
export function isTimeZone(zone: string): boolean {
  try {
    offsetMs(0, zone);
    return true;
  } catch {
    return false;
  }
}

/** Local day of an instant. */
export function localDateOf(instant: number, zone: string): LocalDate {
  return wallTime(instant, zone).slice(0, 10);
}

/** `YYYY-MM-DD HH:mm:ss` of an instant in a zone; the form that S4-style answers show. */
export function formatLocal(instant: number, zone: string): string {
  return wallTime(instant, zone).slice(0, 19).replace("T", " ");
}

/** Nominal local minute `YYYY-MM-DDTHH:mm` of an instant. */
export function localMinuteOf(instant: number, zone: string): string {
  return wallTime(instant, zone).slice(0, 16);
}

/** The day `days` after (or before, when negative) a day. */
export function addDays(date: LocalDate, days: number): LocalDate {
  return dayOf(Date.parse(date) + days * DAY_MS);
}

/** ISO weekday of a day. */
export function weekdayOf(date: LocalDate): IsoWeekday {
  // Sunday is 0 in `Date`.
  return (new Date(date).getUTCDay() || 7) as IsoWeekday;
}

/** First instant of a local day, also where midnight does not exist. */
export function startOfDay(date: LocalDate, zone: string): number {
  return instantOf(date, "00:00", zone);
}

/**
 * Instant of a nominal local minute.
 *
 * A minute that exists twice means the first; one that a clock change skips means the first instant after the gap.
 */
export function instantOf(date: LocalDate, time: LocalTime, zone: string): number {
  return instantOfWall(Date.parse(`${date}T${time}Z`), zone);
}

/**
 * Reads `YYYY-MM-DD`, `YYYY-MM-DD HH:mm[:ss[.SSS]]` (blank or `T`) as wall time of a zone, or a full ISO instant with offset or
 * `Z`. What is finer than a millisecond is cut off, as in columns of microseconds.
 *
 * @returns epoch milliseconds, or undefined when the text is none of these or names no existing day or time
 */
export function parseInstant(text: string, zone: string): number | undefined {
  const match = DATE_TIME.exec(text.trim());
  if (!match) return undefined;
  const [, date = "", time = "00:00", second = "0", fraction = "0", utc, sign, hours, minutes = "00"] = match;
  if (!isLocalDate(date) || !isLocalTime(time)) return undefined;
  const ms = Number(second) * 1000 + Number(fraction.slice(0, 3).padEnd(3, "0"));
  const wall = Date.parse(`${date}T${time}Z`) + ms;
  if (utc) return wall;
  if (!sign) return instantOf(date, time, zone) + ms;
  const ahead = `${hours}:${minutes}`;
  return isLocalTime(ahead) ? wall - Number(`${sign}1`) * Date.parse(`1970-01-01T${ahead}Z`) : undefined;
}

/** Day of an instant in UTC, which days by themselves are counted in. */
function dayOf(instant: number): LocalDate {
  return new Date(instant).toISOString().replace(/T.*/, "");
}

/** Wall time in ISO form, as if the zone were UTC. */
function wallTime(instant: number, zone: string): string {
  return new Date(instant + offsetMs(instant, zone)).toISOString();
}
