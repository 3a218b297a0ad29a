import { addDays, instantOf, isLocalTime, localDateOf, startOfDay, weekdayOf } from "@recallkit/core/ports";
import type { WorkingHours } from "./desk.js";

/** When somebody works. */
export interface WorkCalendar {
  readonly timeZone: string;
  readonly hours: WorkingHours;
  /** Local days on which nobody works. */
  readonly holidays: ReadonlySet<string>;
  /** Local days that are worked although their weekday is free, by the hours of Monday. */
  readonly workdays: ReadonlySet<string>;
}

/** `HH:mm`, or the end of a day. */
export function isSpanEnd(text: string): boolean {
  return text === "24:00" || isLocalTime(text);
}

/** Whether hours have working time at all. */
export function hasHours(hours: WorkingHours): boolean {
  return Object.values(hours).some((spans) => spans.length > 0);
}

/** Working time of a local day as instants, in order: a day whose clock is changed has an hour more or less where it is worked. */
function spansOf(day: string, { timeZone, hours, holidays, workdays }: WorkCalendar) {
  if (holidays.has(day)) return [];
  const weekday = workdays.has(day) ? "1" : (String(weekdayOf(day)) as keyof WorkingHours);
  return (hours[weekday] ?? [])
    .map(({ from, to }) => ({
      from: instantOf(day, from, timeZone),
      to: to === "24:00" ? startOfDay(addDays(day, 1), timeZone) : instantOf(day, to, timeZone),
    }))
    .sort((a, b) => a.from - b.from);
}

/** Whether an instant is working time. */
export function isWorkingTime(at: number, calendar: WorkCalendar): boolean {
  return spansOf(localDateOf(at, calendar.timeZone), calendar).some(({ from, to }) => from <= at && at < to);
}

/** Days that are looked through for working time; beyond them a calendar counts as one without any. */
const MOST_DAYS = 3660;

/** When so many minutes of working time have passed; where there is none, all time counts. */
export function afterWorkingMinutes(from: number, minutes: number, calendar: WorkCalendar): number {
  let left = minutes * 60_000;
  let day = localDateOf(from, calendar.timeZone);
  for (let looked = 0; looked < MOST_DAYS; looked += 1, day = addDays(day, 1)) {
    for (const span of spansOf(day, calendar)) {
      const begin = Math.max(span.from, from);
      if (begin >= span.to) continue;
      if (begin + left <= span.to) return begin + left;
      left -= span.to - begin;
    }
  }
  return from + minutes * 60_000;
}
