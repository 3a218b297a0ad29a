import { instantField, pageFields, says } from "@recallkit/http";
import * as z from "zod";
import { consentSchema } from "./consents.js";
import { CONTACT_TYPES } from "./read-rows.js";

/** Most rows of one request. */
export const MAX_ROWS = 10_000;
export const MAX_BYTES = 8 * 1024 * 1024;

const merchantId = z.union([z.int(), z.string()]).nullish();

const user = z.strictObject({
  merchant_id: merchantId.describe("可省略；须为当前商户 / optional; the session's merchant"),
  user_name: z.string().describe("必填，不超过 200 个字符 / required"),
  product: z.string().nullish().describe("文案中的 {{product}}，不超过 100 个字符"),
  product_type: z.string().nullish().describe("文案中的 {{product_type}}，不超过 100 个字符"),
  contact: z.string().describe("手机号、external_userid 或邮箱 / mobile number, external_userid or e-mail"),
  contact_type: z.enum(["mobile", "wecom", "email"]).nullish().describe("默认 mobile / default mobile"),
  coupon_id: z.int().nullish(),
  consent: consentSchema.nullish().describe("该用户已同意接收营销消息 / this person has agreed to marketing"),
});

const order = z.strictObject({
  merchant_id: merchantId,
  user_name: z.string(),
  order_amount: z.union([z.number(), z.string()]).describe("以元计，最多两位小数 / major units"),
  order_time: z.union([z.string(), z.int()]).describe("商户时区的时间、ISO 8601 或毫秒时间戳"),
  order_no: z.union([z.string(), z.int()]).nullish().describe("可省略；省略时以用户、时间、金额识别 / optional"),
  status: z.string().nullish().describe("默认 paid"),
});

/** A list whose rows are looked at one by one, so that a wrong one costs no other; described by what they should be. */
function rowsOf(row: z.ZodType) {
  const { $schema: _, ...items } = z.toJSONSchema(row, { io: "input" });
  return z.array(z.unknown()).min(1).max(MAX_ROWS).meta({ items, minItems: 1, maxItems: MAX_ROWS });
}

const channelOrder = z
  .array(z.enum(Object.values(CONTACT_TYPES)))
  .min(1)
  .refine((names) => new Set(names).size === names.length, says("渠道不能重复", "must name each channel once"));
const ORDER =
  "依次使用客户有地址的渠道，未触达则改用下一个；默认只用 contact 所属的渠道 / an order of channels; default: that of the contact";
const HOURS =
  "与 channels 同用：成员超过该小时数未确认则撤销任务并改用下一渠道 / hours until unconfirmed tasks are called off";

export const createBody = z.strictObject({
  recall_users: rowsOf(user),
  name: z.string().trim().min(1).max(255).optional().describe("任务名称 / name of the task"),
  content: z
    .string()
    .trim()
    .min(1)
    .max(1000)
    .optional()
    .describe(
      "文案，可用 {{customer_name}} {{product}} {{product_type}} {{recall_link}} {{recall_code}}；没有链接时自动加在末尾",
    ),
  coupon_id: z.int().min(1).optional().describe("默认“老客回归礼”，不限量 / default: an unlimited gift"),
  consent: consentSchema.optional().describe("名单中的用户都已同意 / everybody on the list has agreed"),
  send_at: z
    .union([z.string().max(40), z.int()])
    .optional()
    .describe("默认立即发送 / default: now"),
  channels: channelOrder.optional().describe(`触达渠道的顺序，如 [wecom, sms]：${ORDER}`),
  fall_back_after_hours: z.int().min(1).max(120).optional().describe(HOURS),
});

/** The list of `POST /recalls/create/file`, as bytes. */
export const fileBody = z.custom<Uint8Array>((value) => value instanceof Uint8Array && value.length > 0, {
  message: "a file is expected",
});

/** What `POST /recalls/create/file` says beside its list. */
export const createFileQuery = z.strictObject({
  name: createBody.shape.name,
  content: createBody.shape.content,
  coupon_id: z.coerce.number().int().min(1).optional().describe("默认“老客回归礼” / default: an unlimited gift"),
  consent: z.enum(["true", "false"]).optional().describe("名单中的用户都已同意 / everybody on the list has agreed"),
  send_at: z.string().max(40).optional().describe("默认立即发送 / default: now"),
  channels: z
    .string()
    .max(100)
    .transform((text) => text.split(",").map((name) => name.trim()))
    .pipe(channelOrder)
    .optional()
    .describe(`触达渠道的顺序，以逗号分隔，如 wecom,sms：${ORDER}`),
  fall_back_after_hours: z.coerce.number().int().min(1).max(120).optional().describe(HOURS),
});

/** An order of channels as a command line names it. */
export const orderFlags = createFileQuery.pick({ channels: true, fall_back_after_hours: true });

export const createOrdersBody = z.strictObject({ orders: rowsOf(order) });

const rejected = z.array(
  z.strictObject({
    index: z.int().describe("从 0 起的行号 / 0-based row"),
    path: z.string(),
    message: z.string(),
  }),
);

const status_code = z.string().describe("HTTP 状态码，字符串 / HTTP status as a string");

/** An answer of the document's family. */
export function answerOf<S extends z.ZodType>(data: S) {
  return z.strictObject({ status_code, message: z.string(), data });
}

const createdData = z.strictObject({ recall_task_id: z.int().nullable(), accepted: z.int(), rejected });
export const createAnswer = answerOf(createdData);
/** A refusal: with its rows where they are the reason. */
export const refusedAnswer = z.union([createAnswer, z.strictObject({ status_code, message: z.string() })]);

const ordersData = z.strictObject({
  created: z.int(),
  updated: z.int(),
  unchanged: z.int(),
  unnumbered: z.int().describe("没有订单号、以用户、时间、金额识别的订单 / orders known by their facts"),
  rejected,
});
export const ordersAnswer = answerOf(ordersData);
export const refusedOrdersAnswer = z.union([ordersAnswer, z.strictObject({ status_code, message: z.string() })]);

const counts = z.record(z.string(), z.int());

export const taskSchema = z.strictObject({
  id: z.int(),
  name: z.string(),
  send_at: instantField,
  accepted: z.int(),
  rejected: z.int(),
  resend_of: z.int().nullable(),
  created_by: z.string(),
  created_at: instantField,
});

export const statusSchema = taskSchema.extend({
  state: z.enum(["planned", "running", "completed", "cancelled"]),
  deliveries: counts.describe("人数，按状态 / people by state"),
  parts: z.array(
    z.strictObject({
      number: z.int(),
      channel: z.string(),
      coupon_id: z.int().nullable(),
      rule_id: z.int(),
      occurrence_id: z.int(),
      people: z.int(),
      state: z.string(),
      deliveries: counts,
    }),
  ),
});

export const reportSchema = z.strictObject({
  recall_task_id: z.int(),
  people: z.int().describe("任务人数 / people of the task"),
  accepted: z.int().describe("服务商已受理 / taken by the provider"),
  delivered: z.int(),
  failed: z.int(),
  suppressed: z.int().describe("免打扰、频次等未发送 / held back"),
  unknown: z.int(),
  waiting: z.int(),
  viewed: z.int(),
  clicked: z.int(),
  claimed: z.int(),
  redeemed: z.int(),
  orders: z.int(),
  buyers: z.int(),
  revenue_minor: z.int().describe("以分计 / minor units"),
});

export const listQuery = z.strictObject(pageFields);
export const listAnswer = answerOf(z.strictObject({ items: z.array(taskSchema), next_cursor: z.string().nullable() }));
export const rejectsAnswer = answerOf(z.strictObject({ items: rejected, next_cursor: z.string().nullable() }));
