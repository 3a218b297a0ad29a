import { z } from "zod";
import { says } from "./input-faults.js";

/** A whole number in a query or a path, `least` … `most`. */
export function wholeNumber(least: number, most: number = Number.MAX_SAFE_INTEGER) {
  return z
    .string()
    .refine((text) => /^\d{1,16}$/.test(text), says("应为整数", "must be a whole number"))
    .transform(Number)
    .pipe(z.int().min(least).max(most))
    .meta({ type: "integer", minimum: least, ...(most < Number.MAX_SAFE_INTEGER && { maximum: most }) });
}
