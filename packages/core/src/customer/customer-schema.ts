import * as z from "zod";
import { isLocalDate, isTimeZone } from "../local-time.js";
import { foldLines, hasControlCharacters, normaliseText } from "../text.js";
import type { IdentityType } from "./customer.js";

/** A stored one-line text: NFC, trimmed, without control characters. Blank counts as absent. */
const lineText = (max: number) =>
  z
    .string()
    .transform(normaliseText)
    .refine((text) => text.length <= max, { message: `at most ${max} characters` })
    .refine((text) => !hasControlCharacters(text) && !/[\t\n]/.test(text), {
      message: "must not hold control characters",
    });

/** The same, but never blank. */
export const requiredText = (max: number) =>
  lineText(max).refine((text) => text.length > 0, { message: "must not be blank" });

/** What people call something, and what no key is: TABs and line breaks of the source become blanks. Blank counts as absent. */
export const nameText = (max: number) => z.string().transform(foldLines).pipe(lineText(max));

/** The same, but never blank. */
export const requiredName = (max: number) => z.string().transform(foldLines).pipe(requiredText(max));

// Typed by what may be written, which a preprocessing step takes for anything.
const optional = <S extends z.ZodType>(schema: S) =>
  z.preprocess(
    (value) => (typeof value === "string" && value.trim() === "" ? undefined : value),
    schema.optional(),
  ) as unknown as z.ZodOptional<S>;

/** A Date is an instant: which day it means depends on the driver that made it, so that none is taken for one. */
const localDay = z
  .string({ error: "must be an existing day, YYYY-MM-DD; a Date is an instant and no day" })
  .trim()
  .refine(isLocalDate, { message: "must be an existing day, YYYY-MM-DD" });

/** What is known of a person beside their key. */
const customerFactsSchema = z.strictObject({
  name: optional(nameText(255)),
  bornOn: optional(localDay),
  externalUserId: optional(requiredText(64)),
  mobile: optional(
    z
      .string()
      .trim()
      .regex(/^\+[1-9]\d{6,14}$/, { message: "must be E.164, for example +8613800138000" }),
  ),
  email: optional(z.string().trim().max(254).pipe(z.email())),
  openid: optional(requiredText(64)),
  unionid: optional(requiredText(64)),
  customerCode: optional(requiredText(64)),
  userName: optional(requiredText(255)),
  city: optional(requiredName(255)),
});

/** Whether a path in a row is that of a fact, which may be left out by itself. */
const isFact = (path: string): boolean => Object.hasOwn(customerFactsSchema.shape, path);

/** A number as every engine keeps it to the last digit. */
const attributeNumber = z.number().refine((value) => Math.abs(value) < 1e15 && Number(value.toFixed(10)) === value, {
  message: "must be below 10^15, with at most 10 decimals",
});

/** A row of `customers.upsert`, without its nulls. */
export const customerInputSchema = customerFactsSchema.extend({
  externalKey: requiredText(255),
  timeZone: optional(
    z.string().trim().max(64).refine(isTimeZone, { message: "must be an IANA zone, for example Asia/Shanghai" }),
  ),
  attributes: optional(
    z.record(requiredText(64), z.union([nameText(255), attributeNumber, z.boolean(), z.null()]).optional()),
  ),
});

/** The same of a row of `customers.upsert`, whose time zone is one too, and whose attributes are facts each by itself. */
export const isCustomerFact = (path: string): boolean => isFact(path) || /^(timeZone$|attributes(\.|$))/.test(path);

export type PreparedCustomer = z.output<typeof customerInputSchema>;

/** Input field of each identity type. */
export const IDENTITY_FIELDS = {
  external_userid: "externalUserId",
  mobile: "mobile",
  email: "email",
  openid: "openid",
  unionid: "unionid",
  customer_code: "customerCode",
  user_name: "userName",
} as const satisfies Readonly<Record<IdentityType, keyof PreparedCustomer>>;
