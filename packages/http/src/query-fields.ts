import { MAX_PAGE_SIZE, parseInstant } from "@recallkit/core/ports";
import * as z from "zod";
import { says } from "./texts/input-faults.js";

/** A whole number in a query or a path, `least` … `most`. */
export function wholeNumber(least: number, most: number = Number.MAX_SAFE_INTEGER) {
  return z
    .string()
    .refine((text) => /^\d{1,16}$/.test(text), says("应为整数", "must be a whole number"))
    .transform(Number)
    .pipe(z.int().min(least).max(most))
    .meta({ type: "integer", minimum: least, ...(most < Number.MAX_SAFE_INTEGER && { maximum: most }) });
}

/** Query fields of every list by cursor. */
export const pageFields = {
  limit: wholeNumber(1, MAX_PAGE_SIZE).optional().describe("默认 50 / default 50"),
  cursor: z
    .string()
    .refine((text) => /^\d{1,16}$/.test(text), says("应为上一页的 next_cursor", "must be the next_cursor of a page"))
    .optional()
    .describe("上一页的 next_cursor / next_cursor of the page before"),
};

/** Instants at or after it. */
export const sinceField = z
  .string()
  .transform((text, check) => {
    const instant = /^\d{1,15}$/.test(text) ? Number(text) : parseInstant(text, "UTC");
    if (instant !== undefined) return instant;
    check.addIssue({
      code: "custom",
      params: { zh: "应为毫秒时间戳或 ISO 8601 时间", en: "must be epoch milliseconds or an ISO 8601 instant" },
    });
    return z.NEVER;
  })
  .optional()
  .describe("毫秒时间戳或 ISO 8601 / epoch ms or ISO 8601");

/** A page of a list by cursor. */
export function cursorPage<S extends z.ZodType>(item: S) {
  return z.strictObject({ items: z.array(item), next_cursor: z.string().nullable() });
}

/** Query fields of every list by number. */
export const numberedPageFields = {
  page: wholeNumber(1, 1_000_000).optional().describe("默认 1 / default 1"),
  page_size: wholeNumber(1, MAX_PAGE_SIZE).optional().describe("默认 50，最大 200 / default 50, at most 200"),
};

/** A page of a list by number. */
export function numberedPage<S extends z.ZodType>(item: S) {
  return z.strictObject({ items: z.array(item), total: z.int(), page: z.int(), page_size: z.int() });
}

/** An instant in an answer. */
export const instantField = z.int().describe("毫秒时间戳 / epoch ms");

/** A path with one id. */
export const idParams = z.strictObject({ id: wholeNumber(1) });
