import { isLocalDate, type LocalDate } from "../local-time.js";

/** Calendars in which birthdays are kept: the Gregorian one, and the Chinese lunisolar one (农历). */
export const BIRTHDAY_CALENDARS = ["solar", "lunar"] as const;
export type BirthdayCalendar = (typeof BIRTHDAY_CALENDARS)[number];

/** The day of a year on which somebody was born. */
export interface Birthday {
  readonly calendar: BirthdayCalendar;
  /** 1 … 12 */
  readonly month: number;
  /** 1 … 31; of a lunar month 1 … 30 */
  readonly day: number;
  /** Born in a leap month (闰月). @default false */
  readonly isLeapMonth?: boolean;
  /** Year of birth in the calendar of the birthday; null or absent: nobody knows. */
  readonly year?: number | null;
}

/** When somebody born on 29 February has a birthday in other years. */
export const LEAP_DAY_POLICIES = ["feb28", "mar1", "leap-years-only"] as const;
/** When somebody born in a lunar leap month has a birthday: in that leap month where a year has it, or always in the month before it. */
export const LEAP_MONTH_POLICIES = ["leap-month-first", "regular-month"] as const;
/** When somebody born on the 30th of a lunar month has a birthday where the month has 29 days. */
export const THIRTIETH_POLICIES = ["last-day", "next-day", "long-months-only"] as const;

/** How days are taken that not every year has. */
export interface BirthdayPolicy {
  /** @default "feb28" */
  readonly leapDay?: (typeof LEAP_DAY_POLICIES)[number];
  /** @default "leap-month-first" */
  readonly leapMonth?: (typeof LEAP_MONTH_POLICIES)[number];
  /** @default "last-day" */
  readonly thirtieth?: (typeof THIRTIETH_POLICIES)[number];
}

/** A birthday that is to come. */
export interface ComingBirthday {
  readonly on: LocalDate;
  /** Year of it in the calendar of the birthday; of each year there is one birthday at most. */
  readonly year: number;
}

const SOLAR_DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Whether there are such days. A year of birth must have the day as well, a lunar one between 1801 and 2199. */
export function isBirthday({ calendar, month, day, isLeapMonth = false, year }: Birthday): boolean {
  if (!Number.isInteger(month) || !Number.isInteger(day) || month < 1 || month > 12 || day < 1) return false;
  if (typeof year === "number" && !(Number.isInteger(year) && year > 1800 && year < 2200)) return false;
  if (calendar === "lunar") return day <= 30;
  if (isLeapMonth || day > (SOLAR_DAYS[month - 1] ?? 0)) return false;
  return typeof year !== "number" || isLocalDate(`${year}-${two(month)}-${two(day)}`);
}

/** The birthday of a solar day of birth. */
export function birthdayOf(bornOn: LocalDate): Birthday {
  const [year = 0, month = 0, day = 0] = bornOn.split("-").map(Number);
  return { calendar: "solar", month, day, year };
}

/**
 * What people with the same birthday have in common: `MM-DD`, lunar `L04-30`, in a leap month `R06-01`. The solar one is the
 * end of the day of birth, so that engines cut it off.
 */
export function birthdayKey({ calendar, month, day, isLeapMonth = false }: Omit<Birthday, "year">): string {
  const place = calendar === "solar" ? "" : isLeapMonth ? "R" : "L";
  return `${place}${two(month)}-${two(day)}`;
}

/** The birthday that a key stands for, without a year. Undefined: the text is no key. */
export function readBirthdayKey(key: string): Birthday | undefined {
  const [, place = "", month = "", day = ""] = /^([LR]?)(\d\d)-(\d\d)$/.exec(key) ?? [];
  const birthday: Birthday = {
    calendar: place === "" ? "solar" : "lunar",
    month: Number(month),
    day: Number(day),
    ...(place === "R" && { isLeapMonth: true }),
  };
  return isBirthday(birthday) ? birthday : undefined;
}

/** Two digits. */
export function two(number: number): string {
  return String(number).padStart(2, "0");
}
