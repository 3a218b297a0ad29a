import * as z from "zod";
import { currencyDecimals, majorToMinor, parseDecimal, tenThousandthsPerMinor, toSafeMinor } from "./money.js";

/** A number of decimal.js, big.js, bignumber.js or an ORM; read by its `toString`. */
export interface DecimalLike {
  /** The amount with this many digits after the point, as decimal libraries write it. */
  toFixed(decimals?: number): string;
  /** The amount as plain decimal digits. */
  toString(): string;
}

/**
 * An amount in major units as hosts have it: decimal text (`"12.50"`, also `"12.5000"` of a `numeric` column), a number that has
 * no more decimals than the currency (`0.1 + 0.2` has), a bigint of whole units, or an object of a decimal library. No sign of
 * a currency, no separator of thousands, no exponent.
 */
export type AmountInput = string | number | bigint | DecimalLike;

/** An amount in minor units, whole: a number within ±(2^53 − 1), or a bigint within it. */
export type MinorInput = number | bigint;

/** Longest text of an amount; no currency comes near it. */
const MOST_DIGITS = 64;

/** How many decimals a currency has, in words. */
const DECIMALS = ["no decimals", "at most one decimal", "at most two decimals", "at most three decimals"] as const;

/** True for an object of a decimal library. */
export function isDecimal(value: unknown): value is DecimalLike {
  return typeof value === "object" && value !== null && "toFixed" in value && typeof value.toFixed === "function";
}

/** Longest text whose minor units a number adds up exactly, whatever the currency. */
const QUICK_LENGTH = 11;
const [ZERO, NINE, POINT, MINUS] = [48, 57, 46, 45];

/**
 * Reads what most amounts are: digits, with no more decimals than the currency has.
 *
 * @returns undefined: it is written in another way, or none
 */
function quickAmount(text: string, decimals: number): number | undefined {
  if (text.length > QUICK_LENGTH) return undefined;
  const isNegative = text.charCodeAt(0) === MINUS;
  const first = isNegative ? 1 : 0;
  let [minor, point] = [0, -1];
  for (let at = first; at < text.length; at += 1) {
    const sign = text.charCodeAt(at);
    if (sign >= ZERO && sign <= NINE) minor = minor * 10 + sign - ZERO;
    else if (sign === POINT && point < 0) point = at;
    else return undefined;
  }
  const fraction = point < 0 ? 0 : text.length - point - 1;
  const hasWhole = text.length > first && point !== first;
  if (!hasWhole || fraction > decimals || (point >= 0 && fraction === 0)) return undefined;
  const scaled = minor * 10 ** (decimals - fraction);
  return isNegative ? 0 - scaled : scaled;
}

/** Reads an amount in major units. @returns minor units of the currency, or undefined when it is no such amount */
export function readAmount(value: unknown, currency: string): number | undefined {
  if (typeof value === "number") return majorToMinor(value, currency);
  const quick = typeof value === "string" ? quickAmount(value, currencyDecimals(currency)) : undefined;
  if (quick !== undefined) return quick;
  if (typeof value !== "string" && typeof value !== "bigint" && !isDecimal(value)) return undefined;
  const text = value.toString().trim();
  if (text.length > MOST_DIGITS) return undefined;
  // Zeros at the end say nothing: a column of numeric(12, 4) hands out 12.5000.
  const exact = parseDecimal(text.replace(/(\.\d*?)0+$/, "$1").replace(/\.$/, ""), currencyDecimals(currency));
  return exact === undefined || text.endsWith(".") ? undefined : toSafeMinor(exact / tenThousandthsPerMinor(currency));
}

/** An amount in major units of a currency, as minor units. */
export const amountIn = (currency: string) => {
  const decimals = DECIMALS[currencyDecimals(currency)] ?? "at most four decimals";
  const message = `must be an amount such as "12.50" or 12.5, with ${decimals}, and below 2^53 minor units`;
  return z.custom<AmountInput>().transform((value, context): number => {
    const minor = readAmount(value, currency);
    if (minor !== undefined) return minor;
    context.addIssue({ code: "custom", message, params: { code: "amount.invalid" } });
    return z.NEVER;
  });
};

/** An amount in minor units. */
export const minorSchema = z.custom<MinorInput>().transform((value, context): number => {
  const minor = typeof value === "bigint" ? toSafeMinor(value) : value;
  if (typeof minor === "number" && Number.isSafeInteger(minor)) return minor;
  const message = "must be a whole number of minor units, within 2^53";
  context.addIssue({ code: "custom", message, params: { code: "amount.invalid" } });
  return z.NEVER;
});
