import { addDays, isLocalDate, type LocalDate } from "../local-time.js";
import {
  type Birthday,
  type BirthdayPolicy,
  birthdayKey,
  type ComingBirthday,
  readBirthdayKey,
  two,
} from "./birthday.js";
import { lunarDateOf, lunarMonth } from "./lunar-calendar.js";

/** Leap years are at most 8 years apart (1896 and 1904); long twelfth months of lunar years at most a few. */
const YEARS_AHEAD = 9;

/** The birthday in a year of its calendar; undefined: that year has none. The year of birth is not asked for. */
export function birthdayIn(
  { calendar, month, day, isLeapMonth = false }: Birthday,
  year: number,
  { leapDay = "feb28", leapMonth = "leap-month-first", thirtieth = "last-day" }: BirthdayPolicy = {},
): LocalDate | undefined {
  if (calendar === "solar") {
    const on = `${year}-${two(month)}-${two(day)}`;
    if (isLocalDate(on)) return on;
    if (leapDay === "leap-years-only") return undefined;
    return `${year}-${leapDay === "feb28" ? "02-28" : "03-01"}`;
  }
  const { from, days } = lunarMonth(year, month, isLeapMonth && leapMonth === "leap-month-first");
  if (day <= days) return addDays(from, day - 1);
  if (thirtieth === "long-months-only") return undefined;
  return addDays(from, thirtieth === "last-day" ? days - 1 : days);
}

/**
 * The next birthday of somebody: on that day or after it. The day of birth itself is none.
 *
 * @param from day in the zone in which it is celebrated
 * @returns undefined: there is none within 9 years
 */
export function nextBirthday(
  birthday: Birthday,
  from: LocalDate,
  policy: BirthdayPolicy = {},
): ComingBirthday | undefined {
  // A 30th that falls on the day after the last month belongs to the lunar year before.
  const first = birthday.calendar === "solar" ? Number(from.slice(0, 4)) : lunarDateOf(from).year - 1;
  for (let year = first; year <= first + YEARS_AHEAD; year++) {
    if (typeof birthday.year === "number" && year <= birthday.year) continue;
    const on = birthdayIn(birthday, year, policy);
    if (on !== undefined && on >= from) return { on, year };
  }
  return undefined;
}

/** People with one key have their birthday on one day. */
export interface KeyedBirthday extends ComingBirthday {
  /** As `birthdayKey` writes it. */
  readonly key: string;
}

/** Whose birthday a day is: keys of people, each with the year of that birthday. At most one of each key and year. */
export function birthdaysOn(date: LocalDate, policy: BirthdayPolicy = {}): readonly KeyedBirthday[] {
  const month = Number(date.slice(5, 7));
  const day = Number(date.slice(8));
  const lunar = lunarDateOf(date);
  const before = lunarDateOf(addDays(date, -1));
  const candidates: readonly (readonly [Birthday, number])[] = [
    [{ calendar: "solar", month, day }, Number(date.slice(0, 4))],
    ...(month === 2 && day === 29 ? [] : [[LEAP_DAY, Number(date.slice(0, 4))] as const]),
    // Somebody of a 30th may celebrate on the day itself, or on the one behind the 29th.
    ...[lunar, before].flatMap(({ year, month: of }) =>
      [false, true].flatMap((isLeapMonth) =>
        [...new Set([lunar.day, 30])].map((one) => [lunarBirthday(of, one, isLeapMonth), year] as const),
      ),
    ),
  ];
  const found = new Map<string, KeyedBirthday>();
  for (const [birthday, year] of candidates) {
    const key = birthdayKey(birthday);
    if (birthdayIn(birthday, year, policy) === date) found.set(`${key} ${year}`, { key, on: date, year });
  }
  return [...found.values()];
}

/**
 * Whose birthday is near: from a day on, that day and `days` after it. The keys are what a query joins by, so that nobody
 * else is looked at.
 *
 * @param days 0 … 366
 */
export function birthdayWindow(from: LocalDate, days: number, policy: BirthdayPolicy = {}): readonly KeyedBirthday[] {
  const window: KeyedBirthday[] = [];
  for (let ahead = 0; ahead <= days; ahead++) window.push(...birthdaysOn(addDays(from, ahead), policy));
  return window;
}

/** The solar days that were the lunar day of a key, of the lunar years from `first` to `last`; none in years that lack the day. */
export function lunarBirthDates(key: string, first: number, last: number): readonly LocalDate[] {
  const birthday = readBirthdayKey(key);
  if (birthday?.calendar !== "lunar") return [];
  const { month, day, isLeapMonth = false } = birthday;
  const dates: LocalDate[] = [];
  for (let year = first; year <= last; year++) {
    const of = lunarMonth(year, month, isLeapMonth);
    if (of.isLeapMonth === isLeapMonth && day <= of.days) dates.push(addDays(of.from, day - 1));
  }
  return dates;
}

const LEAP_DAY: Birthday = { calendar: "solar", month: 2, day: 29 };

function lunarBirthday(month: number, day: number, isLeapMonth: boolean): Birthday {
  return { calendar: "lunar", month, day, isLeapMonth };
}
