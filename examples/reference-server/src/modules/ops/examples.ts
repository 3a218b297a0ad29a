/** Answers that the documentation shows. */
const AT = 1_767_225_600_000;

export const occurrenceExample = {
  id: 7,
  rule_id: 1,
  rule_version: 1,
  kind: "slot" as const,
  nominal: "2026-01-05T10:00",
  time_zone: "Asia/Shanghai",
  state: "completed" as const,
  reason: null,
  blocked_on_review: false,
  audience_size: 1000,
  due_at: AT,
  expires_at: AT + 86_400_000,
  as_of: AT,
  created_at: AT - 60_000,
  started_at: AT + 1000,
  finished_at: AT + 9000,
  batches: { total: 1, by_state: { accepted: 1 } },
  deliveries: { total: 1000, by_state: { delivered: 900, accepted: 50, failed: 50 } },
  handed_on: [],
};

export const reasonsExample = {
  total: 1000,
  items: [
    { state: "delivered" as const, reason: null, people: 900 },
    { state: "accepted" as const, reason: null, people: 50 },
    { state: "failed" as const, reason: "not_a_friend", people: 50 },
  ],
};

export const staffExample = {
  items: [
    { batch_id: 31, staff: "zhangsan", is_confirmed: true, confirmed_at: AT + 1_800_000 },
    { batch_id: 31, staff: "lisi", is_confirmed: false, confirmed_at: null },
  ],
  failed: [],
  next_cursor: null,
};

export const batchExample = {
  id: 31,
  occurrence_id: 7,
  rule_id: 1,
  channel: "wecom",
  number: 1,
  state: "accepted" as const,
  reason: null,
  provider_message_id: "msg8cRBDgAA",
  size: 1000,
  warnings: [],
  capability: "lookup" as const,
  attempts: 1,
  resends: 0,
  not_before: AT,
  attempted_at: AT + 2000,
  accepted_at: AT + 3000,
  called_off_at: null,
  is_settled: true,
  created_at: AT + 1000,
};

export const deliveryExample = {
  id: 501,
  occurrence_id: 7,
  rule_id: 1,
  customer_id: 17,
  customer_key: "17850",
  channel: "wecom",
  address: "****8asd",
  batch_id: 31,
  state: "delivered" as const,
  reason: null,
  accepted_at: AT + 3000,
  handed_to: null,
  delivered_at: AT + 8000,
  updated_at: AT + 8000,
};

export const attemptExample = {
  id: 41,
  batch_id: 31,
  kind: "send" as const,
  number: 1,
  class: "OK",
  answer: '{"recipients":1000,"refused":50,"warnings":0}',
  started_at: AT + 2000,
  ended_at: AT + 3000,
};

export const alarmExample = {
  id: 5,
  code: "push.failure-rate",
  entity: "occurrence",
  entity_id: 7,
  detail: "300 of 1000 people failed",
  addresses: [],
  at: AT,
  sentence: "推送失败率过高。请查看失败原因",
  acknowledged_by: null,
  acknowledged_at: null,
  muted_until: null,
};

export const upcomingExample = {
  rule_id: 1,
  rule_name: "45天未购买用户召回",
  nominal: "2026-01-05T10:00",
  due_at: AT,
  time_zone: "Asia/Shanghai",
  channel: "wecom",
  holds: [{ code: "rule.paused", sentence: "规则已暂停，不会执行" }],
  warnings: [],
  audience: null,
  contacted: null,
};

export const tasksExample = { done: 1, failed: [] };
