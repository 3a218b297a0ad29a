const AT = 1_767_225_600_000;

export const personExample = {
  id: 7,
  customer_key: "17850",
  name: "王小明",
  born_on: null,
  time_zone: null,
  identities: { mobile: "****8000" },
  is_erased: false,
  merged_from: null,
  created_at: AT,
  updated_at: AT,
};

export const eventExample = {
  at: AT,
  kind: "push",
  id: "12",
  sentence: "推送“45天未购买用户召回”（企业微信）：未发送：已达到营销消息的频次上限",
  address: "****0001",
  facts: { occurrence_id: 3, rule_id: 1, channel: "wecom", state: "suppressed", reason: "frequency_cap" },
  push: {
    delivery_id: 12,
    occurrence_id: 3,
    rule_id: 1,
    rule_name: "45天未购买用户召回",
    rule_version: 1,
    kind: "slot",
    nominal: "2026-01-01T10:00",
    due_at: AT,
    channel: "wecom",
    state: "suppressed" as const,
    reason: "frequency_cap",
    handed_to: null,
    batch_id: null,
    batch_number: null,
    content: null,
    provider_message_id: null,
    accepted_at: null,
    delivered_at: null,
    attempts: [],
  },
};

export const explanationExample = {
  customer_id: 7,
  customer_key: "17850",
  rule_id: 1,
  rule_version: 1,
  at: AT,
  included: false,
  verdict: "not_in_audience",
  sentence: "不在人群中：最近一单 2025-11-13，49 天前，区间 30–45 天：太久以前",
  conditions: [
    { name: "window", path: "", passed: false, sentence: "最近一单 2025-11-13，49 天前，区间 30–45 天：太久以前" },
  ],
  gates: [{ reason: "opt_out", holds: false, sentence: "没有退订", is_asked: true }],
  pushes: [],
  notes: [],
};

export const evidenceExample = {
  format: "recallkit-evidence/1",
  head: "5f0c4e0a".repeat(8),
  entries: [
    {
      n: 0,
      kind: "pack",
      at: AT,
      facts: { tenant_id: 1, customer_id: 7, customer_key: "17850", occurrence_id: 3 },
      previous: "0".repeat(64),
      hash: "5f0c4e0a".repeat(8),
    },
  ],
};
