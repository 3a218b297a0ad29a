import { addDays, weekdayOf } from "@recallkit/core/ports";

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/**
 * Days of rows that are in the order of time and tell their month and weekday only: each is the first such day that is not
 * before the day of the row above it; a month before the one above is the next year's. Where a month tells more weeks than it
 * has, its last such day stands for the rest.
 *
 * @param from day that the first row is not before, `YYYY-MM-DD`
 */
export function undatedDays(from: string): (month: string, weekday: string) => string | undefined {
  let at = from;
  return (monthName, weekdayName) => {
    const month = MONTHS.indexOf(monthName.toLowerCase().slice(0, 3));
    const weekday = WEEKDAYS.indexOf(weekdayName.toLowerCase().slice(0, 3)) + 1;
    if (month < 0 || weekday < 1) return undefined;
    const before = Number(at.slice(5, 7)) - 1;
    if (month !== before) {
      const year = Number(at.slice(0, 4)) + (month < before ? 1 : 0);
      at = `${year}-${String(month + 1).padStart(2, "0")}-01`;
    }
    const ahead = (weekday - weekdayOf(at) + 7) % 7;
    const next = addDays(at, ahead);
    at = next.slice(0, 7) === at.slice(0, 7) ? next : addDays(next, -7);
    return at;
  };
}
