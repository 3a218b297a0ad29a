import { CONTACT_REASONS } from "../contact/contact-reason.js";
import type { Delivery } from "../delivery/delivery.js";
import type { DeliveryState } from "../delivery/states.js";
import type { Sentence } from "../language.js";
import type { MessageState } from "../message/states.js";

const STATES: Readonly<Record<DeliveryState | MessageState, Sentence>> = {
  queued: { zh: "等待分批", en: "waits for a batch" },
  dispatching: { zh: "发送中", en: "is being sent" },
  in_batch: { zh: "等待发送", en: "waits to be sent" },
  accepted: { zh: "服务商已受理，尚无送达报告", en: "taken by the provider, no report yet" },
  delivered: { zh: "已送达", en: "delivered" },
  not_delivered: { zh: "未送达", en: "not delivered" },
  failed: { zh: "发送失败", en: "failed" },
  suppressed: { zh: "未发送", en: "held back" },
  expired: { zh: "未发送：已过期", en: "not sent: too late" },
  cancelled: { zh: "未发送：已取消", en: "not sent: cancelled" },
  unknown: { zh: "服务商是否收到尚不清楚", en: "whether the provider took it is not known" },
  needs_review: { zh: "待人工核实", en: "waits for somebody to find out" },
};

/** Words of the engine about single people, beside those of the gates. */
const ENGINE_REASONS: Readonly<Record<string, Sentence>> = {
  rejected_by_provider: { zh: "被服务商拒绝", en: "refused by the provider" },
  request_rejected: { zh: "请求被服务商拒绝", en: "the provider refused the request" },
  provider_blacklist: { zh: "在服务商黑名单", en: "on the provider's list of those who refuse" },
  invalid_number: { zh: "号码无效", en: "no valid number" },
  receive_limit: { zh: "客户已达接收上限", en: "the person can receive no more at present" },
  staff_not_confirmed: { zh: "员工未确认发送", en: "the employee did not confirm it" },
  operator: { zh: "由操作员决定", en: "decided by an operator" },
  quiet_hours: { zh: "不在允许时段，等待中", en: "outside the permitted hours, waits" },
  deferred: { zh: "服务商要求稍后再试", en: "the provider wants it later" },
  no_answer: { zh: "服务商没有答复", en: "the provider gave no answer" },
  not_found: { zh: "服务商处查无此任务", en: "the provider knows of no such task" },
  not_sent: { zh: "确认未发出", en: "found out not to have been sent" },
  expired: { zh: "已过期", en: "too late" },
  channel_not_configured: { zh: "渠道未配置", en: "the channel has no account" },
  unknown: { zh: "没有明确答复", en: "no clear answer" },
};

/** Why somebody is not contacted, as a sentence about the person; undefined: a word of the engine or of the provider. */
export function reasonSentence(reason: string): Sentence | undefined {
  const known = CONTACT_REASONS.find((row) => row.reason === reason);
  if (!known) return Object.hasOwn(ENGINE_REASONS, reason) ? ENGINE_REASONS[reason] : undefined;
  return { zh: known.zh, en: `the person ${known.en}` };
}

/** What became of a message. */
export function outcomeSentence({
  state,
  reason,
  handedTo,
}: Pick<Delivery, "state" | "reason" | "handedTo">): Sentence {
  const base = STATES[state];
  const why = reason === null ? undefined : (reasonSentence(reason) ?? { zh: reason, en: reason });
  const on = handedTo === null ? { zh: "", en: "" } : { zh: `；转交 ${handedTo}`, en: `; handed on to ${handedTo}` };
  return {
    zh: `${base.zh}${why ? `：${why.zh}` : ""}${on.zh}`,
    en: `${base.en}${why ? `: ${why.en}` : ""}${on.en}`,
  };
}

/** What became of a message of a template: the state's words, and why. */
export function chineseMessageOutcome(state: MessageState, reason: string | null): string {
  // A queued message of a template waits for no batch.
  const word = state === "queued" ? "排队" : STATES[state].zh;
  return reason === null ? word : `${word}：${reasonSentence(reason)?.zh ?? reason}`;
}
