// Fields that several routes of the desk have.
import { InputError } from "@recallkit/core";
import { hasControlCharacters, isLocalDate, majorToMinor, normaliseText } from "@recallkit/core/ports";
import { says, wholeNumber } from "@recallkit/http";
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

/** A local day. */
export const dayField = z.string().refine(isLocalDate, says("应为 YYYY-MM-DD", "must be YYYY-MM-DD"));

/** An id in a body. */
export const refField = z.int().min(1).max(Number.MAX_SAFE_INTEGER);

/** An id in a query. */
export const idField = wholeNumber(1);

/** The version that was read; another one by now: 409. */
export const versionField = z.int().min(1).max(Number.MAX_SAFE_INTEGER);
