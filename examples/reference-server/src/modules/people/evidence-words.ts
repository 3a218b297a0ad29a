import type { Language } from "@recallkit/http";

type Words = Readonly<Record<string, Readonly<Record<Language, string>>>>;

/** What the page itself says. */
export const PAGE_WORDS = {
  title: { zh: "推送证据", en: "Evidence of a push" },
  head: { zh: "末条哈希", en: "Hash of the last entry" },
  check: {
    zh: "核对：recallkit evidence verify 文件.json（同一份证据的 JSON）",
    en: "To be checked by: recallkit evidence verify FILE.json (the same evidence as JSON)",
  },
  zone: { zh: "时间均为", en: "Times are of" },
  hash: { zh: "哈希", en: "hash" },
  holds: { zh: "通过", en: "holds" },
  held: { zh: "拦下", en: "held back" },
  unasked: { zh: "不适用", en: "not asked" },
} as const;

/** Kinds of entries. */
export const KIND_WORDS: Words = {
  pack: { zh: "证据包", en: "pack" },
  consent: { zh: "同意", en: "consent" },
  suppression: { zh: "免打扰", en: "suppression" },
  rule: { zh: "规则", en: "rule" },
  audience: { zh: "人群", en: "audience" },
  gate: { zh: "触达规则", en: "gate" },
  text: { zh: "内容", en: "text" },
  attempt: { zh: "发送", en: "attempt" },
  transition: { zh: "状态变化", en: "transition" },
  receipt: { zh: "回执", en: "receipt" },
  order: { zh: "订单", en: "order" },
};

/** Names of facts; in English they are told as they are in the file. */
export const FACT_WORDS: Readonly<Record<string, string>> = {
  accepted_at: "服务商受理",
  address: "地址",
  amount_minor: "金额（最小货币单位）",
  answer: "服务商应答",
  as_of: "人群截至",
  audience_size: "人数",
  channel: "渠道",
  class: "结果类别",
  content: "内容",
  content_hash: "内容哈希",
  customer_id: "客户编号",
  customer_key: "客户导入键",
  definition: "规则全文",
  delivered_at: "送达",
  delivery_id: "记录编号",
  due_at: "应发时间",
  ended_at: "结束",
  evidence: "凭据",
  handed_to: "转到渠道",
  id: "编号",
  is_in_window: "计入本次推送",
  kind: "触发方式",
  name: "名称",
  nominal: "规则中的时刻",
  number: "第几次",
  occurrence_id: "触发编号",
  order_no: "订单号",
  provider_message_id: "服务商消息编号",
  purpose: "用途",
  reason: "原因",
  recorded_at: "登记时间",
  rows: "行数",
  rule_id: "规则编号",
  source: "来源",
  state: "状态",
  status: "状态",
  tenant_id: "商户",
  time_zone: "时区",
  version: "版本",
  wording: "告知文字",
};
