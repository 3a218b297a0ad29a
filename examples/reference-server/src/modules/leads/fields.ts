// Fields that several routes of leads have.
import { InputError } from "@recallkit/core";
import { hasControlCharacters, isLocalDate, majorToMinor, normaliseText, parseInstant } from "@recallkit/core/ports";
import { says, wholeNumber } from "@recallkit/http";
import { readPhone } from "@recallkit/import";
import * as z from "zod";

const noControls = says("不能包含控制字符", "must not hold control characters");

/** One line of text; the most characters are those that a column takes. */
export function lineField(least: 0 | 1, most = 255) {
  return z
    .string()
    .transform(normaliseText)
    .pipe(
      z
        .string()
        .min(least)
        .max(most)
        .refine((text) => !hasControlCharacters(text) && !/[\n\t]/.test(text), noControls),
    );
}

/** Text of several lines. */
export function textField(most: number) {
  return z
    .string()
    .transform(normaliseText)
    .pipe(
      z
        .string()
        .max(most)
        .refine((text) => !hasControlCharacters(text), noControls),
    );
}

/** Most of anything that is counted. */
const MOST_COUNT = 1_000_000_000;
export const countField = z.int().min(0).max(MOST_COUNT);

/** An amount in major units, 0 … 10^9, of at most two decimals. */
export const moneyField = z
  .number()
  .min(0)
  .max(1_000_000_000)
  .refine((amount) => /^\d+(\.\d{1,2})?$/.test(String(amount)), says("最多两位小数", "takes at most two decimals"));

/** An amount in minor units of a currency. @throws {InputError} more decimals than the currency has */
export function minorIn(amount: number, currency: string, path: string): number {
  const minor = majorToMinor(amount, currency);
  if (minor !== undefined) return minor;
  throw new InputError([{ path, code: "amount.invalid", message: "has more decimals than the currency" }]);
}

/** A phone number as people write it, read as E.164; numbers without a country are Chinese. */
export const phoneField = z
  .string()
  .max(64)
  .transform((text, check) => {
    const phone = readPhone(text);
    if (phone !== undefined) return phone;
    check.addIssue({
      code: "custom",
      ...says("应为电话号码，例如 13800138000 或 +8613800138000", "must be a phone number such as +8613800138000"),
    });
    return z.NEVER;
  });

/** A point in time as it was sent: epoch ms, or a text that the tenant's zone completes. */
export const momentField = z
  .union([z.int().min(0).max(4_102_444_800_000), z.string().max(40)])
  .refine(
    (value) => typeof value === "number" || parseInstant(value, "UTC") !== undefined,
    says(
      "应为 YYYY-MM-DD HH:mm:ss、ISO 8601 或毫秒时间戳",
      "must be YYYY-MM-DD HH:mm:ss, ISO 8601 or epoch milliseconds",
    ),
  )
  .describe(
    "毫秒时间戳、ISO 8601，或商户时区的 YYYY-MM-DD HH:mm:ss / epoch ms, ISO 8601, or wall time of the tenant's zone",
  );

/** The instant of what {@link momentField} took. */
export function instantIn(moment: string | number, zone: string): number {
  // Checked by the field, whatever the zone.
  return typeof moment === "number" ? moment : (parseInstant(moment, zone) ?? 0);
}

/** A day in a query. */
export const dayField = z.string().refine(isLocalDate, says("应为 YYYY-MM-DD", "must be YYYY-MM-DD"));

/** A rate in a query, 0 … 1, in millionths. */
export const rateField = z
  .string()
  .refine(
    (text) => /^(0(\.\d{1,6})?|1(\.0{1,6})?)$/.test(text),
    says("应为 0 到 1 的小数", "must be a number from 0 to 1"),
  )
  .transform((text) => Math.round(Number(text) * 1_000_000));

/** An id in a query. */
export const idField = wholeNumber(1);

/** What a route with `?cascade=true` takes. */
export const cascadeQuery = z.strictObject({
  cascade: z.enum(["true", "false"]).optional().describe("同时删除下级记录 / delete what belongs to it as well"),
});
