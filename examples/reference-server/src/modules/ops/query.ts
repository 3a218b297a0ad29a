import { MAX_PAGE_SIZE, parseInstant } from "@recallkit/core";
import { z } from "zod";
import { says } from "../../frame/input-faults.js";
import { wholeNumber } from "../../frame/query-fields.js";

/** Query fields of every list. */
export const pageFields = {
  limit: wholeNumber(1, MAX_PAGE_SIZE).optional().describe("默认 50 / default 50"),
  cursor: z
    .string()
    .refine((text) => /^\d{1,16}$/.test(text), says("应为上一页的 next_cursor", "must be the next_cursor of a page"))
    .optional()
    .describe("上一页的 next_cursor / next_cursor of the page before"),
};

const since = z
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

/** Filters of lists of things that belong to an occurrence. */
export const filterFields = {
  occurrence_id: wholeNumber(1).optional(),
  rule_id: wholeNumber(1).optional(),
  since,
};

/** One state or a comma list of states. */
export function statesField<const S extends readonly string[]>(states: S) {
  const known: ReadonlySet<string> = new Set(states);
  return (
    z
      .string()
      .transform((text) => text.split(",").map((part) => part.trim()))
      .refine(
        (parts) => parts.every((part) => known.has(part)),
        says(`只能是 ${states.join("、")}`, `must be one of ${states.join(", ")}`),
      )
      // What is left has just been checked to be states.
      .transform((parts) => parts as S[number][])
      .optional()
      .describe(`逗号分隔 / comma list: ${states.join(", ")}`)
  );
}

/** The kit's filter of a query's common parts; absent parts are left out. */
export function filterOf(query: {
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
  readonly occurrence_id?: number | undefined;
  readonly rule_id?: number | undefined;
  readonly since?: number | undefined;
}) {
  const { limit, cursor, occurrence_id: occurrenceId, rule_id: ruleId, since: from } = query;
  return {
    ...(limit !== undefined && { limit }),
    ...(cursor !== undefined && { cursor }),
    ...(occurrenceId !== undefined && { occurrenceId }),
    ...(ruleId !== undefined && { ruleId }),
    ...(from !== undefined && { since: from }),
  };
}
