import * as z from "zod";
import { parseInstant } from "./local-time.js";

/**
 * An instant as hosts have it:
 *
 * - a `Date`;
 * - text: ISO 8601 with an offset or `Z` (`2026-01-31T10:00:00+08:00`), or without one (`2026-01-31 10:00:00`, `2026-01-31`),
 *   which is wall time of the tenant's zone; 13 digits are epoch ms, as drivers hand out columns of 64 bits;
 * - epoch ms as a number or bigint. What looks like epoch seconds is refused: a number from 10^8 up to 10^11, which would be a
 *   day of 1970 … 1973. For such a day hand in a `Date` or text.
 */
export type InstantInput = Date | string | number | bigint;

/** What becomes of options once they are read: instants are epoch ms, and null is absent. */
export type Read<Given> = Given extends
  | number
  | string
  | Iterable<unknown>
  | AsyncIterable<unknown>
  | ((...given: never[]) => unknown)
  ? Given
  : Given extends object
    ? { readonly [Name in keyof Given]: Date extends Given[Name] ? number : Exclude<Given[Name], null | undefined> }
    : Given;

/** Epoch ms of the years 1 … 9999. */
const FIRST = -62_135_596_800_000;
const LAST = 253_402_300_799_999;
/** Seconds from 1973-03-03 on are above the first and below the second; ms of today are above both. */
const SECONDS_FROM = 1e8;
const SECONDS_TO = 1e11;

/** What is wrong with an instant. */
export interface InstantFault {
  readonly code: "time.invalid" | "time.looks-like-seconds" | "time.range";
  readonly message: string;
}

const INVALID: InstantFault = {
  code: "time.invalid",
  message: "must be a Date, YYYY-MM-DD HH:mm:ss, ISO 8601 with an offset, or epoch milliseconds",
};
const SECONDS: InstantFault = {
  code: "time.looks-like-seconds",
  message: "looks like epoch seconds; epoch milliseconds are meant, and a day before 1973-03-03 is given as text",
};
const RANGE: InstantFault = { code: "time.range", message: "must lie in the years 1 … 9999" };

/** Reads an instant; wall time is of the zone. @returns epoch ms, or what is wrong */
export function readInstant(value: unknown, zone: string): number | InstantFault {
  if (typeof value === "string" && !/^\d{13}$/.test(value.trim())) {
    const at = parseInstant(value, zone);
    return at === undefined ? INVALID : inRange(at);
  }
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? INVALID : inRange(value.getTime());
  if (typeof value !== "number" && typeof value !== "bigint" && typeof value !== "string") return INVALID;
  const at = Number(value);
  if (!Number.isSafeInteger(at)) return Number.isInteger(at) ? RANGE : INVALID;
  return at >= SECONDS_FROM && at < SECONDS_TO ? SECONDS : inRange(at);
}

function inRange(at: number): number | InstantFault {
  return at >= FIRST && at <= LAST ? at : RANGE;
}

/** True for text that means another instant in another zone. */
function isWallTime(value: unknown): value is string {
  return typeof value === "string" && readInstant(value, "UTC") !== readInstant(value, "Asia/Tokyo");
}

/** Wall time whose zone is not known yet. */
export class WallTime {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** An instant of a row, as epoch ms; wall time is of the zone. */
export const instantIn = (zone: string) =>
  z.custom<InstantInput>().transform((value, context): number => {
    const at = readInstant(value, zone);
    if (typeof at === "number") return at;
    return refuse(context, value, at);
  });

/** An instant of an option, as epoch ms; wall time stays one until the tenant's zone is asked for. */
export const instantSchema = z.custom<InstantInput>().transform((value, context): number | WallTime => {
  const at = readInstant(value, "UTC");
  if (typeof at !== "number") return refuse(context, value, at);
  return isWallTime(value) ? new WallTime(value) : at;
});

function refuse(
  context: { addIssue(issue: { code: "custom"; message: string; params: { code: string } }): void },
  value: unknown,
  { code, message }: InstantFault,
): never {
  context.addIssue({
    code: "custom",
    message: value === undefined ? "is missing" : message,
    params: { code },
  });
  return z.NEVER;
}
