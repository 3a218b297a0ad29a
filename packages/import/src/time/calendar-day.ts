/** A day as written; it may not exist. */
export interface CalendarDay {
  readonly year: number;
  /** 1 … 12 */
  readonly month: number;
  /** 1 … 31 */
  readonly day: number;
}

/** True for a day that exists, of the years 1 … 9999. */
export function exists({ year, month, day }: CalendarDay): boolean {
  return year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= daysOf(year, month);
}

function daysOf(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** `YYYY-MM-DD` of a day. */
export function isoDay({ year, month, day }: CalendarDay): string {
  return `${String(year).padStart(4, "0")}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`;
}

/** Year of two digits as people mean it today: 70 … 99 are of the last century. */
export function fullYear(digits: string): number {
  const year = Number(digits);
  if (digits.length > 2) return year;
  return year < 70 ? 2000 + year : 1900 + year;
}

/** Orders of day, month and year in a date of numbers. */
export const DAY_ORDERS = ["ymd", "mdy", "dmy"] as const;
export type DayOrder = (typeof DAY_ORDERS)[number];

/** Three numbers whose order only their column can tell: `1/5/2024`, `24-01-05`. */
export type Numbers = readonly [string, string, string];

/** The day that three numbers mean in an order; undefined when there is none. */
export function dayIn(order: DayOrder, [a, b, c]: Numbers): CalendarDay | undefined {
  const [year, month, day] = order === "ymd" ? [a, b, c] : order === "mdy" ? [c, a, b] : [c, b, a];
  // A year has four digits or two; where it has four, the order is known to end with it.
  if (day.length > 2 || month.length > 2 || (year.length !== 4 && year.length !== 2)) return undefined;
  const found = { year: fullYear(year), month: Number(month), day: Number(day) };
  return exists(found) ? found : undefined;
}

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const LONG_MONTHS =
  /^(january|february|march|april|may|june|july|august|september|sept|october|november|december|[a-z]{3})$/;

/** 1 … 12 of an English month, short or in full. */
export function monthOf(word: string): number | undefined {
  const lower = word.toLowerCase();
  const at = LONG_MONTHS.test(lower) ? MONTHS.indexOf(lower.slice(0, 3)) : -1;
  return at === -1 ? undefined : at + 1;
}
