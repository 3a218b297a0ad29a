import type { CustomerInput } from "@recallkit/core";
import type { PersonField } from "../mapping/field.js";
import type { CellOf } from "../reading/cell-reader.js";
import type { DayOrder } from "../time/calendar-day.js";
import { readBirthday } from "./birthday.js";
import { readEmail } from "./email.js";
import { readMobile } from "./mobile.js";

/** Facts about a person as the kit takes them. */
export type PersonFacts = Omit<CustomerInput, "externalKey">;

/** A person's facts, and the values that are none. */
export interface ReadPerson {
  readonly facts: PersonFacts;
  readonly wrong: readonly { readonly path: PersonField; readonly code: string }[];
}

export interface PersonReaderOptions {
  readonly country: string | undefined;
  /** Order of days and months in birthdays; undefined: nobody knows. */
  readonly birthdayOrder: DayOrder | undefined;
  /** The day after which nobody has been born, `YYYY-MM-DD`. */
  readonly today: string;
  /** IANA zone of days that were stored as instants. */
  readonly zone: string;
}

/** Longest text of each plain field, as the kit takes it. */
const LENGTHS = {
  name: 255,
  external_userid: 64,
  city: 255,
  openid: 64,
  unionid: 64,
  customer_code: 64,
  user_name: 255,
} as const;
const PROPERTIES = {
  name: "name",
  external_userid: "externalUserId",
  city: "city",
  openid: "openid",
  unionid: "unionid",
  customer_code: "customerCode",
  user_name: "userName",
} as const;
type PlainField = keyof typeof PROPERTIES;
// The keys of both tables above.
const PLAIN_FIELDS = Object.keys(PROPERTIES) as PlainField[];
/** Ids whose digits a spreadsheet can't have damaged without their being noticed. */
const SCIENTIFIC = /^\d+(?:\.\d+)?E\+\d+$/i;

/** Reads what a row says about a person. A city stays as it is written: 上海 and 上海市 are two. */
export function readPerson(
  cell: CellOf<PersonField>,
  { country, birthdayOrder, today, zone }: PersonReaderOptions,
): ReadPerson {
  const facts: Record<string, string> = {};
  const wrong: { path: PersonField; code: string }[] = [];
  const take = (path: PersonField, found: Readonly<Record<string, string>> | string) => {
    if (typeof found === "string") wrong.push({ path, code: found });
    else Object.assign(facts, found);
  };
  for (const field of PLAIN_FIELDS) {
    const text = cell(field);
    if (text === "") continue;
    const isId = field !== "name" && field !== "city";
    if (isId && SCIENTIFIC.test(text)) take(field, "key.damaged");
    else if (isId && text.includes("***")) take(field, "key.masked");
    else if (text.length > LENGTHS[field]) take(field, "text.invalid");
    else facts[PROPERTIES[field]] = text;
  }
  const full = fullName(cell("given_name"), cell("family_name"));
  if (facts.name === undefined && full !== "" && full.length <= LENGTHS.name) facts.name = full;
  const [mobile, email, birthday] = [cell("mobile"), cell("email"), cell("birthday")];
  if (mobile !== "") take("mobile", readMobile(mobile, country));
  if (email !== "") take("email", readEmail(email));
  if (birthday !== "") {
    const found = readBirthday(birthday, birthdayOrder, zone);
    take("birthday", typeof found === "object" && found.bornOn > today ? "birthday.invalid" : found);
  }
  return { facts, wrong };
}

/** A name of two columns: Chinese, Japanese and Korean ones begin with the family's. */
function fullName(given: string, family: string): string {
  const isAsian = /^[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}]+$/u.test(given + family);
  return isAsian ? family + given : [given, family].filter((part) => part !== "").join(" ");
}
