import { foldWidth } from "../cell/cell-text.js";
import { columnVote, type Verdict } from "../column/column-vote.js";
import { DAY_ORDERS, type DayOrder, dayIn, isoDay } from "../time/calendar-day.js";
import { dayOfMidnight } from "../time/day-of-time.js";
import { readTime } from "../time/time-text.js";

/** Why a birthday isn't taken: it lacks its year, is of the lunar calendar, its century or order is open, or it is none. */
export type BirthdayFault = "birthday.no-year" | "birthday.lunar" | "birthday.ambiguous" | "birthday.invalid";

const LUNAR = /农历|阴历|旧历|正月|冬月|腊月|初[一二三四五六七八九十]|廿/;
const WITHOUT_YEAR = /^(?:0000[-/])?\d{1,2}[-/.月]\d{1,2}日?$|^--\d\d-\d\d$/;
const FIRST_YEAR = 1900;
/** Serials of Excel's days: those of times are too late for birthdays; shorter ones are rather a year or 0506. */
const SERIAL = /^\d{5}(?:\.0+)?$/;
/** A year, or a month and a day without one. */
const PART = /^(?:19|20)\d\d(?:年|\.0+)?$|^\d{3,4}$/;

/** Which order of day and month the birthdays of a column have. */
export interface BirthdayColumn {
  see(line: number, text: string): void;
  verdict(told?: DayOrder): Verdict<DayOrder>;
}

/** Begins a column of birthdays. */
export function birthdayColumn(): BirthdayColumn {
  const vote = columnVote(DAY_ORDERS);
  return {
    see(line, text) {
      const time = readTime(foldWidth(text));
      if (time?.kind !== "numbers") return;
      const sense = (order: DayOrder) => {
        const day = dayIn(order, time.numbers);
        return day && isoDay(day);
      };
      vote.see(line, text, { ymd: sense("ymd"), mdy: sense("mdy"), dmy: sense("dmy") });
    },
    verdict: (told) => vote.verdict(told),
  };
}

/**
 * Reads a birthday as `YYYY-MM-DD`.
 *
 * @param order of numbers without a year of four digits in front; undefined: nobody knows
 * @param zone IANA; whose midnights birthdays are that were stored as instants
 */
export function readBirthday(
  text: string,
  order: DayOrder | undefined,
  zone: string,
): { readonly bornOn: string } | BirthdayFault {
  const folded = foldWidth(text);
  if (LUNAR.test(folded)) return "birthday.lunar";
  if (/^0000[-/]0?0[-/]0?0/.test(folded)) return "birthday.invalid";
  if (WITHOUT_YEAR.test(folded)) return "birthday.no-year";
  if (PART.test(folded)) return /^(?:19|20)/.test(folded) ? "birthday.ambiguous" : "birthday.no-year";
  const time = readTime(folded);
  if (time === undefined) return serialBirthday(folded) ?? "birthday.invalid";
  if (time.kind === "numbers") {
    if (order === undefined) return "birthday.ambiguous";
    const isShort = time.numbers.every((number) => number.length <= 2);
    const day = dayIn(order, time.numbers);
    if (!day) return "birthday.invalid";
    // 05 may be 1905 or 2005; 85 is 1985.
    if (isShort && day.year >= 2000 && day.year < 2030) return "birthday.ambiguous";
    return inRange({ ...day, year: isShort && day.year >= 2030 ? day.year - 100 : day.year });
  }
  const bornOn = dayOfMidnight(time, zone);
  if (bornOn === undefined) return "birthday.ambiguous";
  return Number(bornOn.slice(0, 4)) >= FIRST_YEAR ? { bornOn } : "birthday.invalid";
}

function serialBirthday(text: string) {
  if (!SERIAL.test(text)) return undefined;
  const date = new Date(Date.UTC(1899, 11, 30) + Number(text) * 86_400_000);
  return { bornOn: date.toISOString().slice(0, 10) };
}

function inRange(day: { readonly year: number; readonly month: number; readonly day: number }) {
  return day.year >= FIRST_YEAR ? { bornOn: isoDay(day) } : "birthday.invalid";
}
