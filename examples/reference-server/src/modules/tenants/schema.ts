import { hasControlCharacters, isTimeZone, normaliseText } from "@recallkit/core/ports";
import { instantField, numberedPage, says, wholeNumber } from "@recallkit/http";
import * as z from "zod";
import { ACCOUNT_CHANNELS } from "./service.js";
import { smsAccountBody } from "./sms-account-body.js";

const tenantName = z
  .string()
  .transform(normaliseText)
  .pipe(
    z
      .string()
      .min(1)
      .max(255)
      .refine((text) => !hasControlCharacters(text), says("不能包含控制字符", "must not hold control characters")),
  );
const timeZone = z
  .string()
  .max(64)
  .refine(isTimeZone, says("应为 IANA 时区，例如 Asia/Shanghai", "must be an IANA time zone such as Asia/Shanghai"));
const currency = z
  .string()
  .refine((text) => /^[A-Z]{3}$/.test(text), says("应为 ISO 4217 代码", "must be an ISO 4217 code"));

const orderStatus = z
  .string()
  .transform(normaliseText)
  .pipe(
    z
      .string()
      .min(1)
      .max(64)
      .refine((text) => !hasControlCharacters(text), says("不能包含控制字符", "must not hold control characters")),
  );
const countedStatuses = z.array(orderStatus).min(1).max(100);

export const tenantSchema = z.strictObject({
  id: z.int(),
  name: z.string(),
  time_zone: z.string(),
  currency: z.string(),
  counted_statuses: z.array(z.string()).describe("算作购买的订单状态 / order statuses that count as a purchase"),
  created_at: instantField,
});
export const tenantsPage = numberedPage(tenantSchema);

export const createTenantBody = z.strictObject({
  name: tenantName,
  time_zone: timeZone.optional().describe("默认 Asia/Shanghai"),
  currency: currency.optional().describe("默认 CNY"),
  counted_statuses: countedStatuses
    .optional()
    .describe("算作购买的订单状态，默认 paid、shipped、completed、partially_refunded / what counts as a purchase"),
});
export const editTenantBody = createTenantBody
  .partial()
  .refine(
    (patch) => Object.values(patch).some((value) => value !== undefined),
    says("至少填写一项", "needs one field"),
  );

const account = z.string().regex(/^[\x21-\x7e]{1,255}$/);

/** Settings and secret of each channel that can have accounts. */
const wecomAccountBody = z.strictObject({
  corp_id: account.describe("企业 ID"),
  secret: account.describe("应用 Secret；加密保存，不再返回 / sealed, never shown again"),
  agent_id: z
    .int()
    .min(1)
    .max(2_000_000_000)
    .nullish()
    .describe("应用 AgentId，用于给成员发测试消息 / needed to message staff"),
  mini_program_app_id: account.nullish(),
});

const dates = { created_at: instantField, updated_at: instantField };
const secretEnd = z
  .string()
  .nullable()
  .describe("密钥末四位，仅管理员可见 / last characters of the secret, for whoever may change it");

export const accountSchema = z.discriminatedUnion("channel", [
  z.strictObject({
    channel: z.literal("wecom"),
    corp_id: z.string(),
    agent_id: z.int().nullable(),
    mini_program_app_id: z.string().nullable(),
    secret_end: secretEnd,
    ...dates,
  }),
  z.strictObject({
    channel: z.literal("sms"),
    signature: z.string().nullable(),
    providers: z.array(
      z.strictObject({ name: z.enum(["yunpian", "aliyun", "tencent"]), weight: z.int(), secret_end: secretEnd }),
    ),
    ...dates,
  }),
]);
export const accountsPage = numberedPage(accountSchema);
export const accountParams = z.strictObject({ id: wholeNumber(1), channel: z.enum(ACCOUNT_CHANNELS) });
export const trialParams = z.strictObject({ id: wholeNumber(1), channel: z.literal("wecom") });
export const trialSchema = z.strictObject({
  ok: z.boolean(),
  class: z.string().nullable().describe("失败的类别：AUTH、CONFIG … / class of the failure"),
  provider_code: z.string().nullable(),
  code: z.string().nullable().describe("错误代码，见 errors.md / code of our error"),
});
export const accountBody = z.union([wecomAccountBody, smsAccountBody]);

/** Answer of routes that take something away. */
export const removedAnswer = z.strictObject({ removed: z.literal(true) });
