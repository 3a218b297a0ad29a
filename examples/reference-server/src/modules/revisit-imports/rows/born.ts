import { BIRTHDAY_CALENDARS, type Birthday, isBirthday } from "@recallkit/core/birthday";
import * as z from "zod";

const FORM = /^(?:(\d{4})-)?(\d{2})-(\d{2})$/;
const NO_DAY = "must be an existing day, YYYY-MM-DD, or MM-DD where nobody knows the year";

/** Fields about a birthday; the calendar and the leap month are beyond the document. */
export const bornFields = {
  birthday: z
    .string()
    .trim()
    .transform((value) => (value === "" ? null : value))
    .nullish(),
  birthday_calendar: z.enum(BIRTHDAY_CALENDARS).nullish(),
  birthday_is_leap_month: z.boolean().nullish(),
};

/** What a row says of a birthday. */
export interface BornFields {
  readonly birthday?: string | null | undefined;
  readonly birthday_calendar?: (typeof BIRTHDAY_CALENDARS)[number] | null | undefined;
  readonly birthday_is_leap_month?: boolean | null | undefined;
}

/** A day that no calendar has is a fault. */
export function checkBorn(fields: BornFields, context: z.core.$RefinementCtx<unknown>): void {
  if (typeof fields.birthday !== "string" || birthdayIn(fields)) return;
  context.addIssue({
    code: "custom",
    path: ["birthday"],
    message: NO_DAY,
    params: { code: "time.invalid" },
    input: undefined,
  });
}

/** The birthday that a row gives. Undefined: none, or one that no calendar has. */
function birthdayIn({ birthday: text, ...fields }: BornFields): Birthday | undefined {
  const parts = FORM.exec(text ?? "");
  if (!parts) return undefined;
  const [, year, month, day] = parts;
  const birthday: Birthday = {
    calendar: fields.birthday_calendar ?? "solar",
    month: Number(month),
    day: Number(day),
    ...(fields.birthday_is_leap_month && { isLeapMonth: true }),
    ...(year !== undefined && { year: Number(year) }),
  };
  return isBirthday(birthday) ? birthday : undefined;
}

/** The day of birth, where a birthday is one: of the solar calendar, with its year. */
export function bornOnOf(fields: BornFields): string | undefined {
  const birthday = birthdayIn(fields);
  if (!birthday || birthday.calendar === "lunar" || typeof birthday.year !== "number") return undefined;
  return fields.birthday ?? undefined;
}

/** What stands above the day of birth: a birthday that is none; null: nothing any more; undefined: the row says nothing of it. */
export function givenBirthday(fields: BornFields): Birthday | null | undefined {
  const birthday = birthdayIn(fields);
  if (birthday && bornOnOf(fields) === undefined) return birthday;
  // Said to be solar, a day of birth takes the place of a lunar one.
  return birthday && fields.birthday_calendar === "solar" ? null : undefined;
}

/** Whether a day of birth lies after a day. */
export function isAfter(fields: BornFields, today: string): boolean {
  const bornOn = bornOnOf(fields);
  return bornOn !== undefined && bornOn > today;
}
