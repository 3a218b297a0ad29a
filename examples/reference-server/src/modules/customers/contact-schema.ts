import { CONSENT_STATUSES } from "@recallkit/core/ports";
import { cursorPage, instantField, pageFields } from "@recallkit/http";
import * as z from "zod";

const text = z.string().min(1).max(255);
const channel = z.string().min(1).max(64).describe("渠道名，或 * 表示全部渠道 / name of a channel, or * for all");
const status = z.enum(CONSENT_STATUSES).describe("granted 同意、withdrawn 撤回");

const consentFields = {
  channel,
  purpose: z.string(),
  status,
  wording: z.string().nullable(),
  source: z.string(),
  evidence: z.string().nullable(),
  at: instantField,
  recorded_at: instantField,
};
/** What holds for a person, channel and purpose. */
export const consentSchema = z.strictObject({ customer_key: text, ...consentFields });
/** Evidence. */
export const consentsPage = cursorPage(z.strictObject({ id: z.int(), customer_id: z.int(), ...consentFields }));
export const consentsQuery = z.strictObject({
  ...pageFields,
  customer_key: text.optional(),
  channel: channel.optional(),
  purpose: text.optional(),
  status: status.optional(),
});

const consentEntry = z.strictObject({
  customer_key: text.describe("客户导入编号 / import key of the customer"),
  channel,
  purpose: text.optional().describe("默认 marketing / default marketing"),
  status,
  wording: text.optional().describe("同意文案的版本 / version of the words that were read"),
  source: text.describe("来源，例如 checkout、pos、reply / where it was said"),
  evidence: z.string().max(1000).optional().describe("证据编号，不含个人信息 / reference to the proof; names nobody"),
  at: z
    .union([z.string(), z.int()])
    .optional()
    .describe("表示同意的时间，默认现在；商户时区、ISO 8601 或毫秒时间戳 / when it was said; now by default"),
});
/** Most rows of one list. */
export const MAX_CONSENTS = 1_000;
/** Rows of a list are checked one by one by the kit, so that a wrong one costs itself only. */
export const consentBody = z.union([
  consentEntry,
  z
    .array(z.record(z.string(), z.unknown()))
    .min(1)
    .max(MAX_CONSENTS)
    .describe("名单，最多 1000 行 / a list of up to 1 000 rows"),
]);

const hours = z.record(
  z.string(),
  z.strictObject({
    from: z.string().describe("HH:mm，不早于 08:00 / not before 08:00"),
    to: z.string().describe("HH:mm，不晚于 22:00 / not after 22:00"),
  }),
);
const minor = z.int().min(0).describe("最小货币单位 / minor units");
const budgets = z.record(
  z.string(),
  z.strictObject({ per_day_minor: minor.optional(), per_month_minor: minor.optional() }),
);
const caps = z.strictObject({
  max_per_day: z.int().optional(),
  max_per_week: z.int().optional(),
  min_gap_hours: z.number().optional(),
});
const channels = z.strictObject({ channels: z.array(z.string()) });

/** Parts that are left out stay as they are. */
export const contactPolicyBody = z.strictObject({
  caps: z
    .union([z.enum(["off", "default"]), caps])
    .optional()
    .describe("营销频次上限 / caps of marketing messages"),
  consent: z
    .union([z.enum(["off", "required"]), channels])
    .optional()
    .describe("哪些渠道的营销消息需要同意 / on which channels marketing needs a consent"),
  quiet_hours: z
    .union([z.literal("default"), hours])
    .optional()
    .describe("营销消息的允许时段，按渠道 / permitted hours of marketing messages by channel"),
  spend: z
    .union([z.literal("off"), budgets])
    .optional()
    .describe("渠道预算 / budgets by channel"),
});
export const contactPolicySchema = z.strictObject({
  caps: z.union([z.literal("off"), caps.required()]),
  consent: z.union([z.enum(["off", "required"]), channels]),
  quiet_hours: z.union([z.literal("off"), hours]),
  spend: z.union([z.literal("off"), budgets]),
});
