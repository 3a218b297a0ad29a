import { foldWidth } from "../cell/cell-text.js";
import { columnVote, type Verdict } from "../column/column-vote.js";
import { DAY_ORDERS, type DayOrder, dayIn, isoDay } from "../time/calendar-day.js";
import { readTime } from "../time/time-text.js";

/** Why a birthday isn't taken: it lacks its year, is of the lunar calendar, its century or order is open, or it is none. */
export type BirthdayFault = "birthday.no-year" | "birthday.lunar" | "birthday.ambiguous" | "birthday.invalid";

const LUNAR = /农历|阴历|旧历|正月|冬月|腊月|初[一二三四五六七八九十]|廿/;
const WITHOUT_YEAR = /^(?:0000[-/])?\d{1,2}[-/.月]\d{1,2}日?$|^--\d\d-\d\d$/;
const FIRST_YEAR = 1900;
/** Serials of Excel's days: those of times are too late for birthdays. */
const SERIAL = /^\d{3,5}(?:\.0+)?$/;

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

/** Reads a birthday as `YYYY-MM-DD`. @param order of numbers without a year of four digits in front; undefined: nobody knows */
export function readBirthday(text: string, order: DayOrder | undefined): { readonly bornOn: string } | BirthdayFault {
  const folded = foldWidth(text);
  if (LUNAR.test(folded)) return "birthday.lunar";
  if (/^0000[-/]0?0[-/]0?0/.test(folded)) return "birthday.invalid";
  if (WITHOUT_YEAR.test(folded)) return "birthday.no-year";
  const time = readTime(folded);
  if (time === undefined) return serialBirthday(folded) ?? "birthday.invalid";
  // Whose day an epoch is depends on the zone of whoever wrote it.
  if (time.kind === "instant") return "birthday.ambiguous";
  if (time.kind === "numbers") {
    if (order === undefined) return "birthday.ambiguous";
    const isShort = time.numbers.every((number) => number.length <= 2);
    const day = dayIn(order, time.numbers);
    if (!day) return "birthday.invalid";
    // 05 may be 1905 or 2005; 85 is 1985.
    if (isShort && day.year >= 2000 && day.year < 2030) return "birthday.ambiguous";
    return inRange({ ...day, year: isShort && day.year >= 2030 ? day.year - 100 : day.year });
  }
  return inRange(time.day);
}

function serialBirthday(text: string) {
  if (!SERIAL.test(text)) return undefined;
  const date = new Date(Date.UTC(1899, 11, 30) + Number(text) * 86_400_000);
  return Number(text) < 61 ? undefined : { bornOn: date.toISOString().slice(0, 10) };
}

function inRange(day: { readonly year: number; readonly month: number; readonly day: number }) {
  return day.year >= FIRST_YEAR ? { bornOn: isoDay(day) } : "birthday.invalid";
}
