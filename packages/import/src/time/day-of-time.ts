import { localDateOf, startOfDay } from "@recallkit/core/ports";
import { isoDay } from "./calendar-day.js";
import type { TimeText } from "./time-text.js";

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

/** A time that names its day by itself, or the instant that it is. */
export type DayTimeText = Exclude<TimeText, { readonly kind: "numbers" }>;

/** Epoch ms of a time with a zone of its own; undefined: a wall time, whose day is the written one. */
function instantOf(time: DayTimeText): number | undefined {
  if (time.kind === "instant") return time.at;
  const { year, month, day } = time.day;
  return time.offset === null ? undefined : Date.UTC(year, month - 1, day) + time.ms - time.offset * 60_000;
}

/** The day on which something happened, `YYYY-MM-DD`: of an instant that of `zone`. */
export function dayInZone(time: DayTimeText, zone: string): string {
  const at = instantOf(time);
  // A time without an instant has a day.
  return at === undefined ? isoDay((time as DayTimeText & { kind: "day" }).day) : localDateOf(at, zone);
}

/**
 * A day that a program stored as an instant: the midnight of `zone` (`1990-05-05T16:00:00Z` is 6 May in Shanghai), its own
 * offset's, or UTC's. Undefined: an instant that begins no day, and nobody can tell whose day it is.
 */
export function dayOfMidnight(time: DayTimeText, zone: string): string | undefined {
  const at = instantOf(time);
  if (time.kind === "day" && (at === undefined || time.offset !== 0)) return isoDay(time.day);
  if (at === undefined) return undefined;
  const day = localDateOf(at, zone);
  const late = at - startOfDay(day, zone);
  if (late === 0 || (late === HOUR_MS && isSummer(day, zone))) return day;
  return at % DAY_MS === 0 ? new Date(at).toISOString().slice(0, 10) : undefined;
}

/** Programs that know nothing of a zone's old summer times store its days an hour late. */
function isSummer(day: string, zone: string): boolean {
  const offset = (date: string) => Date.parse(`${date}T00:00:00Z`) - startOfDay(date, zone);
  return offset(day) === offset(`${day.slice(0, 4)}-01-01`) + HOUR_MS;
}
