import { SolarDay } from "tyme4ts";
import { expect, test } from "vitest";
import { type Birthday, birthdayOf } from "../birthday/birthday.js";
import { nextBirthday } from "../birthday/next-birthday.js";
import { addDays } from "../local-time.js";
import type { BirthdayMatch } from "./audience-condition.js";
import { birthdayMatch } from "./birthday-match.js";
import { birthdayConditionSchema } from "./condition-schema.js";

// Whose next birthday lies in the window is said by `nextBirthday`, which has an oracle of its own; what lunar day a day of
// birth was is said by the calendar's library directly.

const FIRST = "2024-01-01";
const DAYS = Array.from({ length: 1461 }, (_, n) => addDays(FIRST, n));

/** Days of birth over 70 years, and those that not every year has. */
const BORN = [
  ...Array.from({ length: 150 }, (_, n) => addDays("1950-01-01", n * 173)),
  ...["1996-02-29", "2000-02-28", "1999-03-01", "1999-12-31", "2000-01-01", "2023-03-22", "2020-05-23", "1987-07-26"],
  ...DAYS.filter((_, n) => n % 97 === 0),
];

function lunarBirthdayOf(bornOn: string): Birthday {
  const [year = 0, month = 0, day = 0] = bornOn.split("-").map(Number);
  const lunar = SolarDay.fromYmd(year, month, day).getLunarDay();
  const of = lunar.getLunarMonth();
  return {
    calendar: "lunar",
    year: lunar.getYear(),
    month: of.getMonthWithLeap() < 0 ? -of.getMonthWithLeap() : of.getMonthWithLeap(),
    day: lunar.getDay(),
    ...(of.isLeap() && { isLeapMonth: true }),
  };
}

function isIn(bornOn: string, { days, dates }: BirthdayMatch): boolean {
  const year = Number(bornOn.slice(0, 4));
  return dates.includes(bornOn) || days.some((one) => year < one.bornBefore && one.monthDays.includes(bornOn.slice(5)));
}

const WINDOWS = [
  { fromDays: 0, toDays: 0 },
  { fromDays: 3, toDays: 9 },
  { fromDays: -5, toDays: 2 },
] as const;

test("solar birthdays of every day of four years are those of an oracle", async () => {
  const wrong: string[] = [];
  let found = 0;
  for (const [n, today] of DAYS.entries()) {
    const leapDay = (["feb28", "mar1", "leap-years-only"] as const)[n % 3] ?? "feb28";
    const window = WINDOWS[n % WINDOWS.length] ?? WINDOWS[0];
    const match = await birthdayMatch(birthdayConditionSchema.parse({ ...window, leapDay }), today);
    for (const bornOn of BORN) {
      const next = nextBirthday(birthdayOf(bornOn), addDays(today, window.fromDays), { leapDay });
      const expected = next !== undefined && next.on <= addDays(today, window.toDays);
      if (expected) found += 1;
      if (isIn(bornOn, match) !== expected) wrong.push(`${today} ${bornOn} ${leapDay}`);
    }
  }
  expect(wrong.slice(0, 5)).toEqual([]);
  expect(found).toBeGreaterThan(1_000);
});

test("lunar birthdays of every day of four years are those of an oracle, with leap months and 30ths", async () => {
  const lunar = new Map(BORN.map((bornOn) => [bornOn, lunarBirthdayOf(bornOn)]));
  expect([...lunar.values()].some(({ isLeapMonth }) => isLeapMonth)).toBe(true);
  expect([...lunar.values()].some(({ day }) => day === 30)).toBe(true);
  const wrong: string[] = [];
  let found = 0;
  for (const [n, today] of DAYS.entries()) {
    const leapMonth = n % 2 === 0 ? "leap-month-first" : "regular-month";
    const thirtieth = (["last-day", "next-day", "long-months-only"] as const)[n % 3] ?? "last-day";
    const window = WINDOWS[n % WINDOWS.length] ?? WINDOWS[0];
    const policy = { leapMonth, thirtieth } as const;
    const match = await birthdayMatch(
      birthdayConditionSchema.parse({ ...window, ...policy, calendar: "lunar" }),
      today,
    );
    const dates = new Set(match.dates);
    for (const [bornOn, birthday] of lunar) {
      const next = nextBirthday(birthday, addDays(today, window.fromDays), policy);
      const expected = next !== undefined && next.on <= addDays(today, window.toDays);
      if (expected) found += 1;
      if (dates.has(bornOn) !== expected) wrong.push(`${today} ${bornOn} ${JSON.stringify(policy)}`);
    }
  }
  expect(wrong.slice(0, 5)).toEqual([]);
  expect(found).toBeGreaterThan(1_000);
});

test("a window goes over the end of the year, and nobody has a birthday on the day of their birth", async () => {
  const near = birthdayConditionSchema.parse({ toDays: 7 });
  expect((await birthdayMatch(near, "2026-12-28")).days).toEqual([
    { bornBefore: 2026, monthDays: ["12-28", "12-29", "12-30", "12-31"] },
    { bornBefore: 2027, monthDays: ["01-01", "01-02", "01-03", "01-04"] },
  ]);
  const today = await birthdayMatch(birthdayConditionSchema.parse({ toDays: 0 }), "2026-03-05");
  expect([isIn("2026-03-05", today), isIn("2025-03-05", today)]).toEqual([false, true]);
});
