import { addDays, type LocalDate } from "../local-time.js";
import type { BirthdayMatch } from "./audience-condition.js";
import type { BirthdayCondition } from "./condition-schema.js";

/** Earliest lunar year of birth that is looked for. */
const OLDEST = 1900;

/** The days of birth of those whose birthday falls on the days asked for; the calendar is loaded only when somebody asks. */
export async function birthdayMatch(condition: BirthdayCondition, today: LocalDate): Promise<BirthdayMatch> {
  const { fromDays, toDays, calendar, leapDay, leapMonth, thirtieth } = condition;
  const { birthdayWindow, lunarBirthDates } = await import("../birthday/next-birthday.js");
  const policy = { ...(leapDay && { leapDay }), ...(leapMonth && { leapMonth }), ...(thirtieth && { thirtieth }) };
  const near = birthdayWindow(addDays(today, fromDays), toDays - fromDays, policy).filter(
    ({ key }) => /^[LR]/.test(key) === (calendar === "lunar"),
  );
  if (calendar === "lunar") {
    const dates = near.flatMap(({ key, year }) => lunarBirthDates(key, OLDEST, year - 1));
    return { kind: "birthday", days: [], dates: [...new Set(dates)].sort() };
  }
  return {
    kind: "birthday",
    days: [...grouped(near)].map(([bornBefore, monthDays]) => ({ bornBefore, monthDays })),
    dates: [],
  };
}

function grouped(near: readonly { readonly key: string; readonly year: number }[]): ReadonlyMap<number, string[]> {
  const byYear = new Map<number, string[]>();
  for (const { key, year } of near) byYear.set(year, [...(byYear.get(year) ?? []), key]);
  return byYear;
}
