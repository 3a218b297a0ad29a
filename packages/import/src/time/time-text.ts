import { type CalendarDay, exists, fullYear, monthOf, type Numbers } from "./calendar-day.js";
import { readClock } from "./clock-text.js";
import { clockMs, type DayTime } from "./day-time.js";
import { readDigits } from "./digit-time.js";

/** What a cell says about a time, as far as it says it by itself. */
export type TimeText =
  | ({ readonly kind: "day"; readonly day: CalendarDay } & DayTime)
  /** Which number is what is left to the column. */
  | ({ readonly kind: "numbers"; readonly numbers: Numbers } & DayTime)
  /** Epoch ms. */
  | { readonly kind: "instant"; readonly at: number };

const PLAIN = /^(\d{4})-(\d\d)-(\d\d)(?:[ T](\d\d):(\d\d)(?::(\d\d))?)?$/;
const YEAR_FIRST = /^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?$/;
const SHORT_CHINESE = /^(\d{2})年(\d{1,2})月(\d{1,2})日$/;
const NUMBERS = /^(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})$/;
const DAY_MONTH = /^(\d{1,2})(?:st|nd|rd|th)?[-\s./]*([a-z]{3,9})\.?,?[-\s./]*(\d{4}|\d{2})$/i;
const MONTH_DAY = /^([a-z]{3,9})\.?[-\s]*(\d{1,2})(?:st|nd|rd|th)?(?:\s*,\s*|[-\s]+)(\d{4}|\d{2})$/i;
const YEAR_MONTH = /^(\d{4})[-\s/]([a-z]{3,9})[-\s/](\d{1,2})$/i;
const WEEKDAY =
  /^(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\.?,?\s+|\s*[(（]?(?:星期|周|礼拜)[一二三四五六日天][)）]?\s*/i;
/** What stands between a day and its time: `Jan 5, 2026 at 9:00`, `2026/01/05 - 09:00`. */
const BETWEEN = /,?\s+(?:at|-)\s+(?=\d{1,2}:\d\d)/i;
/** Comment after an offset: `GMT+0800 (China Standard Time)`, `+08:00[Asia/Shanghai]`, `+0800 CST`. */
const ZONE_NAME = /\s*\([A-Za-z ]+\)$|\[[A-Za-z]+(?:[/_+-][\w+-]+)*\]$|(?<=[+-]\d{4}) [A-Z]{3,4}$/;
/** `(UTC+8)` */
const ZONE_IN_BRACKETS = /\s*\((?:UTC|GMT)([+-]\d{1,2}(?::?\d{2})?)\)$/;
/** The year at the end, as `date` and ctime write it: `Jan 5 09:00:00 2024`. */
const YEAR_LAST = /^([a-z]{3} +\d{1,2})( +\d\d:\d\d:\d\d) +(\d{4})$/i;
/** Between the parts of a time, as Oracle writes them: `09.00.00`. */
const DOTTED_CLOCK = /\s(\d{1,2})\.(\d\d)\.(\d\d)(?=[.\s]|$)/;

/**
 * Reads a time in the spellings of databases, spreadsheets and shops.
 *
 * @param text cleaned, width folded
 * @returns undefined when it is no such spelling or names no day that exists
 */
export function readTime(text: string): TimeText | undefined {
  const plain = PLAIN.exec(text);
  if (plain) {
    const [, year, month, day, hour = "0", minute = "0", second = "0"] = plain;
    const found = { year: Number(year), month: Number(month), day: Number(day) };
    const ms = clockMs(Number(hour), Number(minute), Number(second));
    return ms === undefined || !exists(found) ? undefined : { kind: "day", day: found, ms, offset: null };
  }
  if (/^\d+(?:\.\d+)?$/.test(text)) return readDigits(text);
  const spoken = text
    .replace(ZONE_NAME, "")
    .replace(ZONE_IN_BRACKETS, "$1")
    .replace(DOTTED_CLOCK, " $1:$2:$3")
    .replace(WEEKDAY, (run, at: number) => (at > 0 && /\s/.test(run) ? " " : ""))
    .replace(BETWEEN, " ")
    .trim()
    .replace(YEAR_LAST, "$1 $3$2");
  const clock = readClock(spoken);
  if (!clock) return undefined;
  const date = readDate(clock.date);
  if (date === undefined) return undefined;
  return { ...date, ms: clock.ms, offset: clock.offset };
}

type Dated =
  | { readonly kind: "day"; readonly day: CalendarDay }
  | { readonly kind: "numbers"; readonly numbers: Numbers };

/** A day without a time. */
function readDate(text: string): Dated | undefined {
  const compact = /^(\d{4})(\d\d)(\d\d)$/.exec(text);
  const first = compact ?? YEAR_FIRST.exec(text);
  if (first) return dayOf(Number(first[1]), Number(first[2]), Number(first[3]));
  const numbers = NUMBERS.exec(text);
  if (numbers) return { kind: "numbers", numbers: [numbers[1] ?? "", numbers[3] ?? "", numbers[4] ?? ""] };
  const short = SHORT_CHINESE.exec(text);
  if (short) return dayOf(fullYear(short[1] ?? ""), Number(short[2]), Number(short[3]));
  const dayFirst = DAY_MONTH.exec(text);
  if (dayFirst) return dayOf(fullYear(dayFirst[3] ?? ""), monthOf(dayFirst[2] ?? ""), Number(dayFirst[1]));
  const monthFirst = MONTH_DAY.exec(text);
  if (monthFirst) return dayOf(fullYear(monthFirst[3] ?? ""), monthOf(monthFirst[1] ?? ""), Number(monthFirst[2]));
  const yearFirst = YEAR_MONTH.exec(text);
  return yearFirst ? dayOf(Number(yearFirst[1]), monthOf(yearFirst[2] ?? ""), Number(yearFirst[3])) : undefined;
}

function dayOf(year: number, month: number | undefined, day: number): Dated | undefined {
  const found = { year, month: month ?? 0, day };
  return exists(found) ? { kind: "day", day: found } : undefined;
}
