import { INTENTS } from "@recallkit/core/intent";
import { hasControlCharacters } from "@recallkit/core/ports";
import { cursorPage, instantField, pageFields, says, wholeNumber } from "@recallkit/http";
import * as z from "zod";
import { ENTRANCES } from "./inbox.js";
import { ROUTER_ACTIONS } from "./router/decisions.js";
import { inboxSettingsSchema } from "./settings.js";
import { COMMANDS } from "./staff/parse-command.js";

const id = z.int().min(1);
const intent = z.enum(INTENTS);
/** Whatever somebody types; control characters are nobody's words. */
const typed = (most: number) =>
  z
    .string()
    .min(1)
    .max(most)
    .refine(
      (text) => !hasControlCharacters(text.replaceAll("\r\n", "\n")),
      says("不能包含控制字符", "must not hold control characters"),
    );
const openid = z.string().regex(/^[\x21-\x7e]{1,64}$/);
const source = z.strictObject({
  kind: z.enum(["knowledge", "project", "ticket", "order"]),
  id: z.int(),
  title: z.string(),
});

export const routeBody = z.strictObject({
  message: typed(10_000),
  entrance: z.enum(["official_account", "wecom_customer", "api"]).default("api"),
  openid: openid.optional().describe("公众号粉丝 / follower of the official account"),
  external_userid: openid.optional().describe("企业微信客户 / contact in WeCom"),
  customer_id: id.optional(),
  request_id: z
    .string()
    .regex(/^[\x21-\x7e]{1,100}$/)
    .optional()
    .describe("同一编号只处理一次 / the same id is routed once"),
  dry_run: z.boolean().default(false).describe("只判断，不派单 / decides and does nothing"),
});

const confidence = z.number().min(0).max(1);
export const routedSchema = z.strictObject({
  intent,
  confidence,
  reply: z.string(),
  action: z.enum(ROUTER_ACTIONS),
  ticket_id: id.nullable(),
  project_id: id.nullable(),
  handed_over: z.boolean(),
  decision_id: z.int().nullable().describe("试运行时为 null / null of a dry run"),
  engine: z.string(),
  reason: z.string(),
  sources: z.array(source),
});

export const decisionSchema = routedSchema.extend({
  decision_id: id,
  text: z.string(),
  session_id: id.nullable(),
  customer_id: id.nullable(),
  model: z.string().nullable(),
  corrected_intent: intent.nullable(),
  corrected_by: z.string().nullable(),
  created_at: instantField,
});
export const decisionsQuery = z.strictObject(pageFields);
export const decisionsPage = cursorPage(decisionSchema);
export const correctBody = z.strictObject({ intent });

export const settingsAnswer = z.strictObject({
  ...inboxSettingsSchema.shape,
  has_group_bot: z.boolean(),
  version: z.int(),
});
export const settingsBody = z.strictObject({
  ...inboxSettingsSchema.shape,
  group_bot: z
    .strictObject({
      key: z.string().regex(/^[A-Za-z0-9-]{8,100}$/),
      base_url: z
        .url()
        .refine((url) => /^https:\/\/|^http:\/\/(localhost|127(\.\d{1,3}){3}|\[::1\])([:/]|$)/.test(url))
        .optional(),
    })
    .nullable()
    .optional()
    .describe("群机器人；省略则不变，null 移除 / absent: as it is; null: none"),
  version: z.int().min(0),
});

export const routerTestAnswer = z.strictObject({
  examples: z.int(),
  right: z.int(),
  by_intent: z.array(z.strictObject({ intent, examples: z.int(), right: z.int() })),
  wrong: z.array(z.strictObject({ text: z.string(), intent, read_as: intent, confidence })),
});

export const knowledgeBody = z.strictObject({
  question: z.string().trim().min(1).max(500),
  keywords: z.string().trim().max(500).default(""),
  answer: z.string().trim().min(1).max(2000),
  is_active: z.boolean().default(true),
});
export const knowledgeEdit = knowledgeBody.extend({ version: z.int().min(1) });
export const knowledgeSchema = z.strictObject({
  id,
  question: z.string(),
  keywords: z.string(),
  answer: z.string(),
  is_active: z.boolean(),
  version: z.int(),
  updated_at: instantField,
});
export const knowledgeQuery = z.strictObject(pageFields);
export const knowledgePage = cursorPage(knowledgeSchema);
export const searchQuery = z.strictObject({ q: z.string().min(1).max(500) });
export const hitsSchema = z.strictObject({
  items: z.array(z.strictObject({ id, question: z.string(), answer: z.string(), score: z.number() })),
});
export const removedSchema = z.strictObject({ id, removed: z.boolean() });

export const sessionSchema = z.strictObject({
  id,
  entrance: z.enum(ENTRANCES),
  address: z.string(),
  customer_id: id.nullable(),
  state: z.enum(["router", "person"]),
  ticket_id: id.nullable(),
  unread: z.int().describe("含并入的会话 / those merged into it as well"),
  merged_into: id.nullable().describe("并入的会话 / the conversation that it goes on in"),
  last_at: instantField,
  created_at: instantField,
});
export const messageSchema = z.strictObject({
  id,
  session_id: id,
  sequence: z.int(),
  direction: z.enum(["in", "out"]),
  author: z.string(),
  kind: z.string(),
  text: z.string(),
  state: z.enum(["waiting", "done", "failed"]),
  delivery_id: id.nullable().describe("客户此前最近收到的推送 / the push that the customer got last before it"),
  message_id: id.nullable(),
  decision_id: id.nullable(),
  at: instantField,
});
export const sessionsQuery = z.strictObject({
  ...pageFields,
  entrance: z.enum(ENTRANCES).optional(),
  customer_id: wholeNumber(1).optional(),
  merged: z
    .enum(["true", "false"])
    .default("false")
    .describe("true 时也列出已并入其他会话的 / true: those merged into others too"),
});
export const mergeBody = z.strictObject({ into: id });
export const sessionsPage = cursorPage(sessionSchema);
export const messagesQuery = z.strictObject(pageFields);
export const sessionAnswer = z.strictObject({
  session: sessionSchema,
  items: z.array(messageSchema),
  next_cursor: z.string().nullable(),
});
export const replyBody = z.strictObject({
  text: typed(600).refine((text) => text.trim() !== "", says("不能为空", "must not be empty")),
});

export const commandBody = z.strictObject({
  text: typed(10_000),
  user_id: z
    .string()
    .regex(/^[A-Za-z0-9_.@-]{1,64}$/)
    .optional()
    .describe("企业微信成员；省略则为登录的员工 / member of the corp; absent: whoever is logged in"),
  request_id: z
    .string()
    .regex(/^[\x21-\x7e]{1,100}$/)
    .optional(),
  dry_run: z.boolean().default(false),
});
export const commandAnswer = z.strictObject({
  command: z.enum(COMMANDS).nullable(),
  ok: z.boolean(),
  code: z.string().nullable(),
  reply: z.string(),
  changed: z.boolean(),
  dry_run: z.boolean(),
  customer_id: id.nullable(),
  project_id: id.nullable(),
  ticket_id: id.nullable(),
});

export const bindingSchema = z.strictObject({
  id,
  entrance: z.enum(ENTRANCES),
  address: z.string(),
  customer_id: id.nullable(),
  other_customer_id: id.nullable(),
  action: z.enum(["bound", "unbound", "conflict"]),
  source: z.string(),
  state: z.enum(["done", "open", "bound", "kept"]),
  actor: z.string(),
  created_at: instantField,
  decided_at: instantField.nullable(),
});
export const bindingsQuery = z.strictObject({
  ...pageFields,
  state: z.enum(["done", "open", "bound", "kept"]).optional(),
  customer_id: wholeNumber(1).optional(),
});
export const bindingsPage = cursorPage(bindingSchema);
export const codeBody = z.strictObject({ openid, phone: z.string().min(5).max(30) });
export const codeAnswer = z.strictObject({ result: z.enum(["sent", "too-many", "no-number"]) });
export const tryBody = z.strictObject({ openid, code: z.string().regex(/^\d{6}$/) });
export const tryAnswer = z.strictObject({
  result: z.enum(["bound", "already", "conflict", "wrong", "expired", "none"]),
});
export const unbindBody = z.strictObject({ entrance: z.enum(["official_account", "wecom_customer"]), address: openid });
export const unbindAnswer = z.strictObject({ unbound: z.boolean() });
export const decideBody = z.strictObject({ decision: z.enum(["bind", "keep"]), customer_id: id.optional() });

export const noticeBody = z.strictObject({
  markdown: z.string().trim().min(1).max(2000),
  mentioned: z
    .array(z.string().regex(/^(@all|[A-Za-z0-9_.@-]{1,64})$/))
    .max(20)
    .default([])
    .describe("成员账号 / userids; @all"),
  key: z.string().trim().min(1).max(100).describe("同一事情的编号 / names what it is about"),
  state: z.enum(["open", "recovered"]).default("open"),
  repeat_minutes: z
    .int()
    .min(0)
    .max(10_080)
    .default(60)
    .describe("内容不变时多久后再发 / until the same is told again"),
});
export const noticeAnswer = z.strictObject({
  result: z.enum(["sent", "duplicate", "not-open", "rate-limited"]),
  suppressed: z.int(),
  retry_after: z.int().nullable(),
});
