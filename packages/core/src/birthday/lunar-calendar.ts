import { LunarDay, LunarYear } from "tyme4ts";
import { addDays, type LocalDate } from "../local-time.js";
import { two } from "./birthday.js";

/** A day of the Chinese lunisolar calendar. */
export interface LunarDate {
  readonly year: number;
  readonly month: number;
  readonly isLeapMonth: boolean;
  readonly day: number;
}

interface LunarMonthDays extends Omit<LunarDate, "day"> {
  readonly from: LocalDate;
  /** 29 or 30 */
  readonly days: number;
}

// The same for ever, and a few hundred years at most; the library reckons each day anew.
const years = new Map<number, readonly LunarMonthDays[]>();

/** The months of a lunar year in order, 12 or 13. */
function monthsOf(year: number): readonly LunarMonthDays[] {
  const known = years.get(year);
  if (known) return known;
  let from = newYearOf(year);
  const months = LunarYear.fromYear(year)
    .getMonths()
    .map((one): LunarMonthDays => {
      const month = { year, month: one.getMonth(), isLeapMonth: one.isLeap(), from, days: one.getDayCount() };
      from = addDays(from, month.days);
      return month;
    });
  years.set(year, months);
  return months;
}

function newYearOf(year: number): LocalDate {
  const day = LunarDay.fromYmd(year, 1, 1).getSolarDay();
  return `${String(day.getYear()).padStart(4, "0")}-${two(day.getMonth())}-${two(day.getDay())}`;
}

/** The lunar day that a day is. */
export function lunarDateOf(date: LocalDate): LunarDate {
  const year = Number(date.slice(0, 4));
  const months = date < (monthsOf(year)[0]?.from ?? "") ? monthsOf(year - 1) : monthsOf(year);
  const { from, days: _, ...month } = months.findLast((one) => one.from <= date) as LunarMonthDays;
  return { ...month, day: (Date.parse(date) - Date.parse(from)) / DAY_MS + 1 };
}

const DAY_MS = 86_400_000;

/** A month of a lunar year: its leap month when that is asked for and there is one. */
export function lunarMonth(year: number, month: number, isLeapMonth: boolean): LunarMonthDays {
  const both = monthsOf(year).filter((one) => one.month === month);
  // Every lunar year has its twelve months.
  return (isLeapMonth ? both.at(-1) : both[0]) as LunarMonthDays;
}
