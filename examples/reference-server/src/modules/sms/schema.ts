import { cursorPage, instantField, pageFields, sinceField } from "@recallkit/http";
import { MESSAGE_CLASSES, SEGMENT_RULES } from "@recallkit/sms";
import * as z from "zod";

const provider = z.enum(["yunpian", "aliyun", "tencent", "wecom", "official-account"]);

export const callbacksQuery = z.strictObject({ ...pageFields, since: sinceField, provider: provider.optional() });
export const callbacksPage = cursorPage(
  z.strictObject({
    id: z.int(),
    provider: z.string(),
    kind: z.string().describe("report、reply；企业微信为事件类型，如 del_follow_user / what was told"),
    reference: z.string().describe("消息、回复或标签的编号，联系人事件为成员 userid / id of what is told of"),
    address: z.string(),
    outcome: z.string().describe("delivered、not_delivered: 原因、opt_out、kept、friend: bound、not_a_friend"),
    at: instantField.nullable(),
    received_at: instantField,
  }),
);

export const repliesQuery = z.strictObject({
  ...pageFields,
  since: sinceField,
  opt_out: z.enum(["true", "false"]).optional().describe("只看退订或只看其他 / refusals only, or the others"),
});
export const repliesPage = cursorPage(
  z.strictObject({
    id: z.int(),
    provider: z.string(),
    address: z.string(),
    text: z.string(),
    opt_out: z.boolean(),
    at: instantField,
    received_at: instantField,
  }),
);

export const segmentsQuery = z.strictObject({
  text: z.string().max(2000).default(""),
  message_class: z.enum(MESSAGE_CLASSES).optional().describe("默认 marketing"),
  rules: z.enum(SEGMENT_RULES).optional().describe("cn 中国计费（默认），gsm 国际"),
});
export const segmentsAnswer = z.strictObject({
  encoding: z.string(),
  units: z.int(),
  segments: z.int(),
  findings: z.array(
    z.strictObject({
      code: z.string(),
      severity: z.enum(["error", "warning"]),
      message: z.string(),
      detail: z.string().nullable(),
      source: z.strictObject({ name: z.string(), url: z.string() }),
    }),
  ),
});
