import { says, sinceField, wholeNumber } from "@recallkit/http";
import * as z from "zod";

/** Filters of lists of things that belong to an occurrence. */
export const filterFields = {
  occurrence_id: wholeNumber(1).optional(),
  rule_id: wholeNumber(1).optional(),
  since: sinceField,
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
  readonly customer_id?: number | undefined;
  readonly batch_id?: number | undefined;
  readonly reason?: string | undefined;
  readonly since?: number | undefined;
}) {
  const { limit, cursor, occurrence_id: occurrenceId, rule_id: ruleId, customer_id: customerId, since: from } = query;
  const { batch_id: batchId, reason } = query;
  return {
    ...(limit !== undefined && { limit }),
    ...(cursor !== undefined && { cursor }),
    ...(occurrenceId !== undefined && { occurrenceId }),
    ...(ruleId !== undefined && { ruleId }),
    ...(customerId !== undefined && { customerId }),
    ...(batchId !== undefined && { batchId }),
    ...(reason !== undefined && { reason }),
    ...(from !== undefined && { since: from }),
  };
}
