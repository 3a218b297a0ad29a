import { expect, test } from "vitest";
import { addDays } from "../local-time.js";
import {
  type Birthday,
  type BirthdayPolicy,
  birthdayKey,
  birthdayOf,
  isBirthday,
  LEAP_DAY_POLICIES,
  LEAP_MONTH_POLICIES,
  readBirthdayKey,
  THIRTIETH_POLICIES,
} from "./birthday.js";
import { birthdayWindow, nextBirthday } from "./next-birthday.js";

// The oracle walks day by day through the almanac: the first day of each lunar year and the lengths of its months (L: 30 days,
// s: 29), a leap month in brackets, as the Hong Kong Observatory publishes them. The runtime's own Chinese calendar would not
// do: it begins 2027 a day late.
const ALMANAC: readonly (readonly [year: number, from: string, months: string])[] = [
  [2020, "2020-01-25", "sLLL[s]LssLsLsL"],
  [2021, "2021-02-12", "sLLsLsLsLsLs"],
  [2022, "2022-02-01", "LsLsLLsLsLsL"],
  [2023, "2023-01-22", "sL[s]sLLsLLsLsL"],
  [2024, "2024-02-10", "sLssLsLLsLLs"],
  [2025, "2025-01-29", "LsLssL[s]LsLLLs"],
  [2026, "2026-02-17", "LsLssLssLLLs"],
  [2027, "2027-02-06", "LLsLssLssLLs"],
  [2028, "2028-01-26", "LLLsL[s]sLssLLs"],
  [2029, "2029-02-13", "LLsLsLsLssLL"],
];

interface Day {
  readonly date: string;
  readonly year: number;
  readonly month: number;
  readonly isLeap: boolean;
  readonly day: number;
}

const DAYS: readonly Day[] = ALMANAC.flatMap(([year, from, months]) => {
  const days: Day[] = [];
  let month = 0;
  for (const [length] of months.matchAll(/L|\[?s\]?/g)) {
    const isLeap = length.startsWith("[");
    if (!isLeap) month += 1;
    for (let day = 1; day <= (length === "L" ? 30 : 29); day++) {
      days.push({ date: addDays(from, days.length), year, month, isLeap, day });
    }
  }
  return days;
});

test("the almanac of the oracle has no gap", () => {
  const firsts = DAYS.filter(({ month, day, isLeap }) => month === 1 && day === 1 && !isLeap);
  expect(firsts.map(({ date }) => date)).toEqual(ALMANAC.map(([, from]) => from));
  expect(DAYS.map(({ date }) => date)).toEqual(DAYS.map((_, n) => addDays("2020-01-25", n)));
});

const LEAPS = new Set(DAYS.filter(({ isLeap }) => isLeap).map(({ year, month }) => `${year} ${month}`));

/** Days on which a birthday is celebrated, one after the other. */
function celebrations(birthday: Birthday, policy: Required<BirthdayPolicy>): readonly string[] {
  return DAYS.flatMap((today, n) => {
    const yesterday = DAYS[n - 1] ?? today;
    const tomorrow = DAYS[n + 1] ?? today;
    const isToday =
      birthday.calendar === "solar"
        ? isSolarOn(birthday, today.date, policy)
        : isLunarOn(birthday, policy, yesterday, today, tomorrow);
    return isToday ? [today.date] : [];
  });
}

function isSolarOn({ month, day }: Birthday, date: string, { leapDay }: Required<BirthdayPolicy>): boolean {
  const [year = 0, m = 0, d = 0] = date.split("-").map(Number);
  if (m === month && d === day) return true;
  const isLeapYear = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  if (month !== 2 || day !== 29 || isLeapYear) return false;
  return (leapDay === "feb28" && m === 2 && d === 28) || (leapDay === "mar1" && m === 3 && d === 1);
}

function isLunarOn(
  { month, day, isLeapMonth = false }: Birthday,
  { leapMonth, thirtieth }: Required<BirthdayPolicy>,
  yesterday: Day,
  today: Day,
  tomorrow: Day,
): boolean {
  const isIts = (one: Day) => {
    const hasLeap = LEAPS.has(`${one.year} ${month}`);
    return one.month === month && one.isLeap === (isLeapMonth && leapMonth === "leap-month-first" && hasLeap);
  };
  if (isIts(today) && today.day === day) return true;
  if (day !== 30) return false;
  const endsShort = (one: Day, next: Day) => one.day === 29 && next.day === 1;
  if (thirtieth === "last-day") return isIts(today) && endsShort(today, tomorrow);
  return thirtieth === "next-day" && isIts(yesterday) && endsShort(yesterday, today);
}

const POLICIES: readonly Required<BirthdayPolicy>[] = LEAP_DAY_POLICIES.flatMap((leapDay) =>
  LEAP_MONTH_POLICIES.flatMap((leapMonth) =>
    THIRTIETH_POLICIES.map((thirtieth) => ({ leapDay, leapMonth, thirtieth })),
  ),
);

const SOLAR: readonly Birthday[] = ["01-01", "02-28", "02-29", "03-01", "05-15", "12-31"].map((text) =>
  birthdayOf(`1996-${text}`),
);
const LUNAR: readonly Birthday[] = [
  ...Array.from({ length: 12 }, (_, n) => ({ month: n + 1, day: 30 })),
  { month: 1, day: 1 },
  { month: 8, day: 15 },
  { month: 11, day: 20 },
  { month: 12, day: 29 },
  // Leap months of these years: 4 (2020), 2 (2023), 6 (2025), 5 (2028).
  ...[2, 4, 5, 6, 9].flatMap((month) => [
    { month, day: 1, isLeapMonth: true },
    { month, day: 29, isLeapMonth: true },
    { month, day: 30, isLeapMonth: true },
  ]),
].map((one) => ({ calendar: "lunar", ...one }));

const YEARS = DAYS.filter(({ date }) => date >= "2024-01-01" && date <= "2027-12-31").map(({ date }) => date);

test("the next birthday from every day of 2024 to 2027 is that of an oracle that walks through the days", () => {
  let checked = 0;
  const wrong: string[] = [];
  for (const birthday of [...SOLAR, ...LUNAR]) {
    for (const policy of POLICIES) {
      // What the other calendar asks makes no difference.
      const { leapDay, leapMonth, thirtieth } = policy;
      const isSame =
        birthday.calendar === "solar"
          ? leapMonth !== "leap-month-first" || thirtieth !== "last-day"
          : leapDay !== "feb28";
      if (isSame) continue;
      const days = celebrations(birthday, policy);
      let at = 0;
      for (const from of YEARS) {
        while ((days[at] ?? "9999") < from) at += 1;
        // Rare ones lie beyond the days that are walked through.
        if (days[at] === undefined) break;
        checked += 1;
        const next = nextBirthday({ ...birthday, year: null }, from, policy);
        if (next?.on !== days[at]) wrong.push(`${birthdayKey(birthday)} ${from}: ${next?.on} is not ${days[at]}`);
      }
    }
  }
  expect(wrong.slice(0, 5)).toEqual([]);
  expect(checked).toBeGreaterThan(200_000);
});

test("the window of every day holds exactly those whose next birthday lies in it, of each year once", () => {
  const [policy] = POLICIES;
  const people = [...SOLAR, ...LUNAR].map((birthday) => ({ ...birthday, year: null }));
  for (const from of YEARS.filter((_, n) => n % 9 === 0)) {
    const window = birthdayWindow(from, 7, policy);
    for (const birthday of people) {
      const next = nextBirthday(birthday, from, policy);
      const isNear = next !== undefined && next.on <= addDays(from, 7);
      const found = window.filter(({ key }) => key === birthdayKey(birthday));
      expect(found.map(({ on, year }) => ({ on, year }))).toEqual(isNear ? [next] : []);
    }
  }
});

test("a window goes over the end of the year, and each birthday belongs to its own year", () => {
  const near = birthdayWindow("2026-12-28", 7).filter(({ key }) => /^\d/.test(key));
  expect(near.map(({ key, year }) => `${key} ${year}`)).toEqual([
    ...["12-28", "12-29", "12-30", "12-31"].map((key) => `${key} 2026`),
    ...["01-01", "01-02", "01-03", "01-04"].map((key) => `${key} 2027`),
  ]);
});

test("somebody born on 29 February has a birthday by the policy, in leap years on the day", () => {
  const born = birthdayOf("2000-02-29");
  const on = (from: string, leapDay: (typeof LEAP_DAY_POLICIES)[number]) => nextBirthday(born, from, { leapDay })?.on;
  expect(LEAP_DAY_POLICIES.map((policy) => on("2026-02-20", policy))).toEqual([
    "2026-02-28",
    "2026-03-01",
    "2028-02-29",
  ]);
  expect(LEAP_DAY_POLICIES.map((policy) => on("2028-02-20", policy))).toEqual(Array(3).fill("2028-02-29"));
  expect(nextBirthday(born, "2096-03-01", { leapDay: "leap-years-only" })?.on).toBe("2104-02-29");
});

test("two lunar birthdays may fall into one year, and are of two lunar years", () => {
  const born: Birthday = { calendar: "lunar", month: 11, day: 20, year: 1990 };
  expect(nextBirthday(born, "2024-01-02")).toEqual({ on: "2024-12-20", year: 2024 });
  expect(nextBirthday(born, "2023-12-31")).toEqual({ on: "2024-01-01", year: 2023 });
});

test("the day of birth is no birthday, nor is any day before it", () => {
  expect(nextBirthday(birthdayOf("2026-03-05"), "2026-03-05")).toEqual({ on: "2027-03-05", year: 2027 });
  expect(nextBirthday(birthdayOf("2030-03-05"), "2026-03-01")?.on).toBe("2031-03-05");
});

test("keys are read back, and no other text is one", () => {
  for (const birthday of [...SOLAR, ...LUNAR]) {
    const { year: _, ...rest } = birthday;
    expect(birthdayKey(readBirthdayKey(birthdayKey(birthday)) as Birthday)).toBe(birthdayKey(rest));
  }
  expect(["02-30", "13-01", "L01-31", "X01-01", "1-1", ""].map(readBirthdayKey)).toEqual(Array(6).fill(undefined));
});

test("a birthday that no calendar has is none", () => {
  const solar = (month: number, day: number, year?: number) =>
    isBirthday({ calendar: "solar", month, day, ...(year !== undefined && { year }) });
  expect([solar(2, 29), solar(2, 29, 2000), solar(12, 31)]).toEqual([true, true, true]);
  expect([solar(2, 29, 2001), solar(4, 31), solar(0, 1), solar(1, 1.5), solar(1, 1, 99)]).toEqual(Array(5).fill(false));
  expect(isBirthday({ calendar: "solar", month: 5, day: 1, isLeapMonth: true })).toBe(false);
  expect(isBirthday({ calendar: "lunar", month: 12, day: 31 })).toBe(false);
});
