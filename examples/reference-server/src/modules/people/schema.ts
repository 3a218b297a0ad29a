import { DELIVERY_STATES } from "@recallkit/core";
import { LANGUAGES, TIMELINE_CURSOR } from "@recallkit/core/people";
import { cursorPage, instantField as instant, pageFields, says, sinceField, wholeNumber } from "@recallkit/http";
import * as z from "zod";

const fact = z.union([z.string(), z.number(), z.boolean()]).nullable();
const text = z.string().nullable();

export const personSchema = z.strictObject({
  id: z.int(),
  customer_key: z.string(),
  name: text,
  born_on: text,
  time_zone: text,
  identities: z
    .record(z.string(), z.string())
    .describe(
      "各类身份；地址仅 admin 和 platform 可见全文 / identities; addresses in full for admin and platform only",
    ),
  is_erased: z.boolean().describe("身份信息已删除 / the name was taken away"),
  merged_from: text.describe("所查的编号因合并指向此人 / the key that was asked for, which leads here by a merge"),
  created_at: instant,
  updated_at: instant,
});
export const peoplePage = cursorPage(personSchema);
export const peopleQuery = z.strictObject({
  query: z
    .string()
    .min(1)
    .max(255)
    .describe(
      "客户编号、手机号、external_userid 等全文，或姓名开头 / a key, a mobile or another identity as a whole, or the beginning of a name",
    ),
  ...pageFields,
});

const language = z.enum(LANGUAGES).optional().describe("默认按 Accept-Language / default: by Accept-Language");

export const timelineQuery = z.strictObject({
  limit: pageFields.limit,
  cursor: z
    .string()
    .refine(
      (cursor) => TIMELINE_CURSOR.test(cursor),
      says("应为上一页的 next_cursor", "must be the next_cursor of a page"),
    )
    .optional()
    .describe("上一页的 next_cursor / next_cursor of the page before"),
  language,
});

const pushSchema = z.strictObject({
  delivery_id: z.int(),
  occurrence_id: z.int(),
  rule_id: z.int(),
  rule_name: z.string(),
  rule_version: z.int(),
  kind: z.string(),
  nominal: z.string(),
  due_at: instant,
  channel: z.string(),
  state: z.enum(DELIVERY_STATES),
  reason: text,
  handed_to: text,
  batch_id: z.int().nullable(),
  batch_number: z.int().nullable(),
  content: z
    .record(z.string(), z.unknown())
    .nullable()
    .describe("发出的内容，链接写作 {{recall_link}} / what was sent; links stand as {{recall_link}}"),
  provider_message_id: text,
  accepted_at: instant.nullable(),
  delivered_at: instant.nullable(),
  attempts: z.array(
    z.strictObject({
      id: z.int(),
      number: z.int(),
      started_at: instant,
      ended_at: instant.nullable(),
      class: text,
      answer: text,
    }),
  ),
});

export const eventSchema = z.strictObject({
  at: instant,
  kind: z.string().describe("order、push、consent、opt_out、visit、coupon、message、known、ticket、call …"),
  id: z.string(),
  sentence: z.string(),
  address: text.describe("仅 admin 和 platform 可见全文 / in full for admin and platform only"),
  facts: z.record(z.string(), fact),
  push: pushSchema.nullable(),
});
export const timelinePage = cursorPage(eventSchema);

export const explainQuery = z.strictObject({
  rule_id: wholeNumber(1),
  at: sinceField.describe("默认现在；毫秒时间戳或 ISO 8601 / default now; epoch ms or ISO 8601"),
  language,
});

export const explanationSchema = z.strictObject({
  customer_id: z.int(),
  customer_key: z.string(),
  rule_id: z.int(),
  rule_version: z.int().nullable(),
  at: instant,
  included: z.boolean(),
  verdict: z
    .string()
    .describe(
      "would_be_contacted、not_in_audience、not_known_yet、no_rule_yet，或第一道拦下的规则 / or the first gate that holds",
    ),
  sentence: z.string(),
  conditions: z.array(
    z.strictObject({ name: z.string(), path: z.string(), passed: z.boolean(), sentence: z.string() }),
  ),
  gates: z.array(
    z.strictObject({ reason: z.string(), is_asked: z.boolean(), holds: z.boolean(), sentence: z.string() }),
  ),
  pushes: z.array(
    z.strictObject({ delivery_id: z.int(), occurrence_id: z.int(), due_at: instant, sentence: z.string() }),
  ),
  notes: z.array(z.string()),
});

export const evidenceQuery = z.strictObject({ occurrence_id: wholeNumber(1), language });

export const evidenceSchema = z.strictObject({
  format: z.string(),
  head: z.string().describe("最后一条的哈希，也在审计记录中 / hash of the last entry, in the audit log too"),
  entries: z.array(
    z.strictObject({
      n: z.int(),
      kind: z.string(),
      at: instant.nullable(),
      facts: z.record(z.string(), z.unknown()),
      previous: z.string(),
      hash: z.string(),
    }),
  ),
});
