import { isLocalDate } from "@recallkit/core/ports";
import { readPhone } from "@recallkit/import";
import * as z from "zod";

// Control characters have no place in a line of text, but for the ends of lines in notes.
const CONTROL = /[^\P{Cc}\n\r\t]/u;

/** Text without blanks around it, 1 … `most` characters. */
export const text = (most: number) =>
  z
    .string()
    .transform((value) => value.normalize("NFC").trim())
    .refine((value) => value.length > 0, { message: "must not be blank" })
    .refine((value) => value.length <= most, { message: `at most ${most} characters` })
    .refine((value) => !CONTROL.test(value), { message: "must not hold control characters" });

/** Text that may be blank. */
export const anyText = (most: number) =>
  z
    .string()
    .max(most)
    .transform((value) => value.normalize("NFC").trim());

/** The same, and blank is null. */
export const textOrNull = (most: number) => anyText(most).transform((value) => (value === "" ? null : value));

/** A code of a customer, record or item. */
export const code = text(128).refine((value) => !/\s/.test(value), { message: "must not hold blanks" });

/** A code of an institution, which names folders. */
export const institutionCode = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/, { message: "letters, digits, - and _; at most 64" });

/** A phone number, taken over as E.164, or null for a blank; numbers without a country are Chinese. */
export const phoneOrBlank = z.string().transform((value, context) => {
  if (value.trim() === "") return null;
  const read = readPhone(value);
  if (read !== undefined) return read;
  context.addIssue({ code: "custom", message: "is no phone number", params: { code: "revisit-import.phone" } });
  return z.NEVER;
});

const NO_DAY = { code: "time.invalid" };

/** A day, with a wall time of the institution or without one. */
export const dayOrTime = z
  .string()
  .trim()
  .refine(
    (value) => isLocalDate(value.slice(0, 10)) && /^.{10}([ T]([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?)?$/.test(value),
    { message: "must be YYYY-MM-DD or YYYY-MM-DD HH:mm:ss", params: NO_DAY },
  );

/** An amount in yuan. */
export const amount = z.number().min(0).max(100_000_000);

/** How far an amount may be from what it is said to be made of. */
const TOLERANCE = 0.01;

/** True when two amounts are the same but for rounding; binary fractions are not held against anyone. */
export function isAbout(a: number, b: number): boolean {
  return Math.abs(a - b) <= TOLERANCE + 1e-6;
}
