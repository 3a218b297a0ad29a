import { BATCH_STATES, DELIVERY_STATES, OCCURRENCE_KINDS, OCCURRENCE_STATES, REVIEW_DECISIONS } from "@recallkit/core";
import { instantField as instant } from "@recallkit/http";
import * as z from "zod";

const reason = z.string().nullable();

const counts = z.strictObject({
  total: z.int(),
  by_state: z.record(z.string(), z.int()).describe("没有行的状态不出现 / states without rows are left out"),
});

export const occurrenceSchema = z.strictObject({
  id: z.int(),
  rule_id: z.int(),
  rule_version: z.int(),
  kind: z.enum(OCCURRENCE_KINDS),
  nominal: z.string(),
  time_zone: z.string(),
  state: z.enum(OCCURRENCE_STATES),
  reason,
  blocked_on_review: z.boolean(),
  audience_size: z.int().nullable(),
  due_at: instant,
  expires_at: instant,
  as_of: instant.nullable(),
  created_at: instant,
  started_at: instant.nullable(),
  finished_at: instant.nullable(),
  batches: counts,
  deliveries: counts,
  handed_on: z
    .array(
      z.strictObject({
        channel: z.string(),
        to: z.string(),
        state: z.enum(DELIVERY_STATES),
        reason,
        people: z.int(),
      }),
    )
    .describe("转交给下一渠道的人数，按原因 / people handed to a next channel, by reason"),
});

export const batchSchema = z.strictObject({
  id: z.int(),
  occurrence_id: z.int(),
  rule_id: z.int(),
  channel: z.string(),
  number: z.int(),
  state: z.enum(BATCH_STATES),
  reason,
  provider_message_id: z.string().nullable(),
  size: z.int(),
  warnings: z.array(z.string()),
  capability: z.enum(["keyed", "lookup", "none"]),
  attempts: z.int(),
  resends: z.int(),
  not_before: instant,
  attempted_at: instant.nullable(),
  accepted_at: instant.nullable(),
  called_off_at: instant.nullable().describe("任务撤销时间 / when its task was called off"),
  is_settled: z.boolean(),
  created_at: instant,
});

export const deliverySchema = z.strictObject({
  id: z.int(),
  occurrence_id: z.int(),
  rule_id: z.int(),
  customer_id: z.int(),
  customer_key: z.string(),
  channel: z.string(),
  address: z.string().nullable().describe("仅 admin 和 platform 可见全文 / in full for admin and platform only"),
  batch_id: z.int().nullable(),
  state: z.enum(DELIVERY_STATES),
  reason,
  handed_to: z.string().nullable().describe("转交到的渠道 / channel that took the person over"),
  accepted_at: instant.nullable(),
  delivered_at: instant.nullable(),
  updated_at: instant,
});

export const reasonsSchema = z.strictObject({
  total: z.int().describe("合计，等于人群 / adds up to the audience"),
  items: z.array(z.strictObject({ state: z.enum(DELIVERY_STATES), reason, people: z.int() })),
});

export const staffSchema = z.strictObject({
  items: z.array(
    z.strictObject({
      batch_id: z.int(),
      staff: z.string().describe("成员 userid / the member's userid"),
      is_confirmed: z.boolean(),
      confirmed_at: instant.nullable().describe("未确认或服务商未说明时为 null / null: not yet, or not told"),
    }),
  ),
  failed: z
    .array(z.strictObject({ batch_id: z.int(), code: z.string() }))
    .describe("此刻查不到的批次 / batches that nobody tells of at present"),
  next_cursor: z.string().nullable(),
});

export const ATTEMPT_KINDS = ["send", "lookup"] as const;

export const attemptSchema = z.strictObject({
  id: z.int(),
  batch_id: z.int(),
  kind: z
    .enum(ATTEMPT_KINDS)
    .describe("send 为发送；lookup 为向服务商核查是否发出 / a call that sends, or a question what became of one"),
  number: z.int().describe("同一批次内按类型编号 / within the batch, of each kind"),
  class: z.string().nullable().describe("进行中为 null / null while open"),
  answer: z
    .string()
    .nullable()
    .describe('只有代码和数量；核查为 {"found": 条数} / codes and counts; of a question how many were found'),
  started_at: instant,
  ended_at: instant.nullable(),
});

export const alarmSchema = z.strictObject({
  id: z.int(),
  code: z.string(),
  entity: z.string(),
  entity_id: z.int(),
  detail: z.string(),
  addresses: z
    .array(z.string())
    .describe("涉及的客户地址；仅 admin 和 platform 可见全文 / whom it is about; in full for admin and platform only"),
  at: instant,
  sentence: z.string().describe("告警的含义 / what the alarm means"),
  acknowledged_by: z.string().nullable().describe("谁在处理 / who looks after it"),
  acknowledged_at: instant.nullable(),
  muted_until: instant.nullable().describe("这类告警静默到何时 / until when alarms of this code are told to nobody"),
});

/** Body of a mute. */
export const muteBody = z.strictObject({
  code: z.string().min(1).max(255).describe("告警代码 / code of the alarms"),
  minutes: z.int().min(0).max(43_200).describe("静默多久，0 取消 / for how long; 0 ends it"),
});

export const mutesSchema = z.strictObject({
  items: z.array(z.strictObject({ code: z.string(), muted_until: instant, by: z.string() })),
});

const note = z.strictObject({ code: z.string(), sentence: z.string() });
export const upcomingSchema = z.strictObject({
  items: z.array(
    z.strictObject({
      rule_id: z.int(),
      rule_name: z.string(),
      nominal: z.string(),
      due_at: instant,
      time_zone: z.string(),
      channel: z.string(),
      holds: z.array(note).describe("现状下不会发送的原因 / why nothing would go out, as things are"),
      warnings: z.array(note),
      audience: z
        .int()
        .nullable()
        .describe("people=true 时预演的人数 / people that a rehearsal finds, with people=true"),
      contacted: z.int().nullable(),
    }),
  ),
});

/** Body of a cancellation. */
export const cancelBody = z.strictObject({
  tasks: z.boolean().default(true).describe("同时取消成员未确认的群发任务 / also cancel tasks at the provider"),
});

/** Body of a decision on a batch in review. */
export const decisionBody = z.strictObject({
  decision: z
    .enum(REVIEW_DECISIONS)
    .describe("accepted 已发送, rejected 未发送, pending 未发送且重发 / sent, not sent, send again"),
  note: z
    .string()
    .trim()
    .min(1)
    .max(500)
    .optional()
    .describe("依据，写入审计记录；不要写客户信息 / why, kept in the audit log; names nobody"),
});

/** What became of the provider's tasks. */
export const tasksSchema = z.strictObject({
  done: z.int(),
  failed: z.array(z.strictObject({ batch_id: z.int(), code: z.string() })),
});
