import { CONTACT_REASONS } from "../contact/contact-reason.js";
import type { Delivery } from "../delivery/delivery.js";
import type { DeliveryState } from "../delivery/states.js";
import type { Sentence } from "../language.js";

const STATES: Readonly<Record<DeliveryState, Sentence>> = {
  queued: { zh: "等待分批", en: "waits for a batch" },
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

/** Why somebody is not contacted, as a sentence about the person; undefined: a word of the engine or of the provider. */
export function reasonSentence(reason: string): Sentence | undefined {
  const known = CONTACT_REASONS.find((row) => row.reason === reason);
  return known && { zh: known.zh, en: `the person ${known.en}` };
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
