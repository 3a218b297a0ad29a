import { FUNNEL_STEPS } from "@recallkit/core/ports";
import { sinceField, wholeNumber } from "@recallkit/http";
import * as z from "zod";

const scope = {
  rule_id: wholeNumber(1).optional(),
  occurrence_id: wholeNumber(1).optional(),
  channel: z.string().min(1).max(64).optional(),
  from: sinceField.describe("推送到期时刻起 / due at or after"),
  to: sinceField.describe("推送到期时刻止，不含 / due before"),
  window_days: wholeNumber(1, 3650).optional().describe("订单归因天数，默认 7 / days for which orders are credited"),
};

/** What a funnel is asked of. */
export const funnelQuery = z.strictObject(scope);

/** Whose people are asked for. */
export const peopleQuery = z.strictObject({
  ...scope,
  step: z.enum(FUNNEL_STEPS),
  reached: z.enum(["true", "false"]).optional().describe("false：已发送但未到这一步 / sent to and not there"),
  cursor: z.string().max(64).optional(),
  limit: wholeNumber(1, 200).optional(),
});

/** The same as a file, which has no pages. */
export const fileQuery = peopleQuery.omit({ cursor: true, limit: true });

const stepName = z.enum(FUNNEL_STEPS);
const part = {
  audience: z.int(),
  unknown: z.int().describe("结果未知 / outcome not known"),
  steps: z.array(
    z.strictObject({
      step: stepName,
      people: z.int(),
      of: stepName.or(z.literal("audience")).describe("分母是哪一步 / the denominator's step"),
      denominator: z.int(),
      rate: z.number().nullable().describe("0-1，无分母为 null / null without a denominator"),
    }),
  ),
  orders: z.int(),
  revenue_minor: z.int(),
  refunded_minor: z.int(),
};

export const funnelAnswer = z.strictObject({
  ...part,
  by_channel: z.array(z.strictObject({ channel: z.string(), ...part })),
  currency: z.string(),
  window_days: z.number(),
  as_of: z.int(),
});

export const peopleAnswer = z.strictObject({
  items: z.array(
    z.strictObject({
      delivery_id: z.int(),
      customer_id: z.int(),
      customer_key: z.string(),
      occurrence_id: z.int(),
      channel: z.string(),
      state: z.string(),
      reason: z.string().nullable(),
      accepted_at: z.int().nullable(),
      delivered_at: z.int().nullable(),
      viewed_at: z.int().nullable(),
      clicked_at: z.int().nullable(),
      claimed_at: z.int().nullable(),
    }),
  ),
  next_cursor: z.string().nullable(),
});
