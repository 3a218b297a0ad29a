import { MAX_PRIORITY, MESSAGE_STATES, TEMPLATE_STATUSES, TRACE_NODES, VARIABLE_TYPES } from "@recallkit/core/ports";
import { cursorPage, idParams, instantField, pageFields, sinceField, wholeNumber } from "@recallkit/http";
import * as z from "zod";
import { poolSchema } from "../concurrency/service.js";

export { idParams };

const channel = z.string().min(1).max(64);
const status = z.enum(TEMPLATE_STATUSES);
const content = z.record(z.string(), z.unknown());
const values = z.record(z.string(), z.unknown());

const variableBody = z.strictObject({
  type: z.enum(VARIABLE_TYPES).optional().describe("默认 text"),
  max_length: z.int().min(1).max(5000).optional().describe("默认 255"),
  is_multiline: z.boolean().optional(),
  default: z.string().max(5000).nullish().describe("省略时必须提供 / absent: a value must be given"),
  example: z.string().max(5000).nullish().describe("预览所用 / shown by previews"),
});

const templateFields = {
  name: z.string().max(255),
  channel: channel.describe("sms、email、feishu、app-push、webhook、official-account、wecom"),
  content: content.describe("各渠道自己的结构；text、subject、html 中可用 {{变量}}"),
  variables: z.record(z.string(), variableBody).optional(),
  message_class: z.enum(["marketing", "transactional"]).optional().describe("默认 marketing"),
  category: z.string().max(64).nullish(),
  provider_template_id: z.string().max(255).nullish(),
  layout_id: z.int().min(1).nullish().describe("邮件外框模板 / a layout of mails"),
  is_layout: z.boolean().optional(),
  expire_after_ms: z.int().optional().describe("默认 24 小时"),
  on_unknown: z.enum(["hold", "resend"]).optional(),
  status: status.optional().describe("默认 active"),
};

export const templateBody = z.strictObject(templateFields);
export const templateEdit = z.strictObject({
  ...templateFields,
  version: z.int().min(1).optional().describe("编辑所依据的版本 / the version that is edited"),
});
export const statusBody = z.strictObject({ status });
export const previewBody = z.strictObject({ variables: values.optional() });

export const templateSchema = z.strictObject({
  id: z.int(),
  name: z.string(),
  channel: z.string(),
  status,
  version: z.int(),
  content,
  variables: z.record(z.string(), z.record(z.string(), z.unknown())),
  message_class: z.enum(["marketing", "transactional"]),
  category: z.string().nullable(),
  provider_template_id: z.string().nullable(),
  layout_id: z.int().nullable(),
  is_layout: z.boolean(),
  expire_after_ms: z.int(),
  on_unknown: z.enum(["hold", "resend"]),
  created_at: instantField,
  updated_at: instantField,
});
export const templatesPage = cursorPage(templateSchema);
export const templatesQuery = z.strictObject({
  ...pageFields,
  channel: channel.optional(),
  status: status.optional(),
  search: z.string().max(255).optional(),
});
export const versionsAnswer = z.strictObject({
  items: z.array(
    templateSchema
      .pick({ version: true, name: true, content: true, variables: true, message_class: true })
      .extend({ created_at: instantField }),
  ),
});
const issue = z.strictObject({ path: z.string(), code: z.string(), message: z.string() });
export const previewAnswer = z.strictObject({
  content,
  values: z.record(z.string(), z.string()),
  issues: z.array(issue),
});

const sendFields = {
  template_id: z.int().min(1),
  variables: values.optional().describe("模板声明的变量 / variables that the template declares"),
  priority: z.int().min(0).max(MAX_PRIORITY).optional().describe("0–10，默认 5"),
  send_at: z
    .union([z.string().max(40), z.int()])
    .nullish()
    .describe("何时发送，默认立即 / when it goes out"),
  idempotency_key: z.string().min(1).max(200).nullish().describe("同键为同一条；也可用 Idempotency-Key 请求头"),
};
const gathering = z.strictObject({
  key: z.string().min(1).max(200),
  window_ms: z.int().min(1_000).max(86_400_000),
});
export const sendBody = z.strictObject({
  ...sendFields,
  recipient: z.string().max(1000),
  digest: gathering
    .nullish()
    .describe("同一 key 在窗口内的多次发送合为一条，窗口结束时发出 / one message at the end of the window"),
  throttle: gathering.nullish().describe("窗口内只发第一条，其余返回该条 / only the first one of a window"),
});
/** The limit of recipients is answered with 413, which a schema does not. */
export const sendBatchBody = z.strictObject({
  ...sendFields,
  recipients: z
    .array(
      z.union([
        z.string().max(1000),
        z.strictObject({ recipient: z.string().max(1000), variables: values.optional() }),
      ]),
    )
    .min(1)
    .describe("至多 10000 个地址，或带自己变量的对象 / at most 10 000"),
});

export const messageSchema = z.strictObject({
  id: z.int(),
  trace_id: z.string(),
  batch_id: z.int().nullable(),
  template_id: z.int(),
  template_version: z.int(),
  channel: z.string(),
  recipient: z.string().nullable().describe("无权查看者只见末四位 / masked for most"),
  recipient_hash: z.string(),
  status: z.enum(MESSAGE_STATES),
  reason: z.string().nullable(),
  priority: z.int(),
  attempts: z.int(),
  provider_message_id: z.string().nullable(),
  created_at: instantField,
  send_at: instantField.nullable(),
  accepted_at: instantField.nullable(),
  delivered_at: instantField.nullable(),
  updated_at: instantField,
});
export const messagesPage = cursorPage(messageSchema);
const filter = {
  batch_id: wholeNumber(1).optional(),
  template_id: wholeNumber(1).optional(),
  channel: channel.optional(),
  recipient_hash: z
    .string()
    .regex(/^[0-9a-f]{32}$/)
    .optional(),
  provider_message_id: z.string().max(255).optional(),
  status: z.enum(MESSAGE_STATES).optional(),
};
export const messagesQuery = z.strictObject({ ...pageFields, ...filter, since: sinceField });
/** Addresses stand in no URL: they would be logged. */
export const searchBody = z.strictObject({
  recipient: z.string().min(1).max(255),
  limit: z.int().min(1).max(200).optional(),
  cursor: z.string().max(40).nullish(),
});

const counts = z.partialRecord(z.enum(MESSAGE_STATES), z.int());
export const batchSchema = z.strictObject({
  batch_id: z.int(),
  template_id: z.int(),
  priority: z.int(),
  total: z.int(),
  accepted: z.int(),
  duplicates: z.int(),
  rejected: z.array(z.strictObject({ index: z.int(), path: z.string(), code: z.string(), message: z.string() })),
  by_status: counts,
  done: z.int(),
  progress: z.number(),
  created_at: instantField,
  cancelled_at: instantField.nullable(),
});
export const cancelledBatch = batchSchema.extend({ cancelled: z.int() });

export const traceParams = z.strictObject({ trace_id: z.string().max(64) });
export const traceSchema = z.strictObject({
  trace_id: z.string(),
  message: messageSchema,
  nodes: z.array(
    z.strictObject({
      node: z.enum(TRACE_NODES),
      outcome: z.string(),
      at: instantField,
      after_ms: z.int(),
      attempt: z.int(),
      error_class: z.string().nullable(),
      detail: z.string().nullable(),
    }),
  ),
});

const figures = {
  total: z.int(),
  sent: z.int(),
  delivered: z.int(),
  failed: z.int(),
  unknown: z.int(),
  open: z.int(),
  success_rate: z.number().nullable().describe("sent ÷ (sent + failed)，不含未知 / unknown ones are not in it"),
  delivery_rate: z.number().nullable().describe("delivered ÷ 有回执的 / of those with a report"),
  average_ms: z.int().nullable(),
  by_status: counts,
};
const byChannel = z.record(z.string(), z.strictObject(figures));
export const periodQuery = z.strictObject({ from: z.string().max(40).optional(), to: z.string().max(40).optional() });
export const overviewSchema = z.strictObject({ ...figures, channels: byChannel });
export const trendQuery = z.strictObject({ days: wholeNumber(1, 90).optional() });
export const trendSchema = z.strictObject({
  days: z.array(z.strictObject({ date: z.string(), ...figures, channels: byChannel })),
});
export const realtimeSchema = z.strictObject({
  pool: poolSchema.describe("回答请求的进程的并发池 / pool of the process that answers"),
  at: instantField,
  window_ms: z.int(),
  accepted_per_second: z.number(),
  sent_per_second: z.number(),
  last_minute: z.strictObject(figures),
  queue: z.record(z.string(), z.int()).describe("各优先级队列 / messages waiting by lane"),
  dispatching: z.int(),
});

export const decideBody = z.strictObject({ decision: z.enum(["accepted", "rejected", "pending"]) });
