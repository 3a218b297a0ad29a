import { addDays, instantOf, startOfDay } from "@recallkit/core/ports";
import { type CalendarDay, isoDay } from "./calendar-day.js";

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const REMEMBERED_DAYS = 10_000;

/**
 * Instants of wall times of a zone.
 *
 * A time that exists twice means the first; one that a clock change skips means the first instant after the gap.
 * Days without a clock change are counted from their midnight, which is remembered: asking the calendar takes 100 times as long.
 */
export function zoneClock(zone: string): (day: CalendarDay, ms: number) => number {
  /** Midnight of a day; undefined for one with a clock change. */
  const midnights = new Map<number, number | undefined>();
  const midnightOf = (day: CalendarDay) => {
    const key = (day.year * 100 + day.month) * 100 + day.day;
    if (midnights.has(key)) return midnights.get(key);
    if (midnights.size >= REMEMBERED_DAYS) midnights.clear();
    const date = isoDay(day);
    const start = startOfDay(date, zone);
    const isEven = startOfDay(addDays(date, 1), zone) - start === DAY_MS;
    midnights.set(key, isEven ? start : undefined);
    return midnights.get(key);
  };
  return (day, ms) => {
    const midnight = midnightOf(day);
    if (midnight !== undefined) return midnight + ms;
    if (ms >= DAY_MS) return startOfDay(addDays(isoDay(day), 1), zone);
    const minutes = Math.floor(ms / MINUTE_MS);
    const time = `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
    return instantOf(isoDay(day), time, zone) + (ms % MINUTE_MS);
  };
}
