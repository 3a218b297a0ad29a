import type { Language, Sentence } from "../language.js";
import type { Alarm } from "./delivery.js";

/** What each alarm of the engine means, and what to do. */
const SENTENCES: Readonly<Record<string, Sentence>> = {
  missed: {
    zh: "有一次推送开始得太晚，已跳过。请保持服务运行，或调大补发窗口",
    en: "A slot began too late and was skipped. Keep the engine running, or raise catchUpMs",
  },
  duplicate_detected: {
    zh: "服务商处有多个同一标记的任务，较晚的已撤销。请到服务商后台核对",
    en: "The provider has several tasks with one marker; the younger ones were called off. Look at them there",
  },
  unknown_ids_in_fail_list: {
    zh: "服务商拒绝了不在批次中的客户。请将批次与服务商的任务核对",
    en: "The provider refused people who were not in the batch. Compare the batch with the task there",
  },
  "batch.needs_review": {
    zh: "无法查明批次是否发出。请到服务商后台核实后写下结论",
    en: "Nobody knows whether the batch was sent. Look for it at the provider, then decide",
  },
  "batch.dead": {
    zh: "本端连续出错三次，批次已停止。请查看日志",
    en: "Our own error, three times; the batch rests. Read the log",
  },
  "message.needs_review": {
    zh: "无法查明消息是否发出。请到服务商后台核实后写下结论",
    en: "Nobody knows whether the message was sent. Look for it at the provider, then decide",
  },
  "channel.exception": {
    zh: "渠道抛出了不该有的异常。请告知渠道的作者",
    en: "A channel threw what no channel should. Report it to its author",
  },
  "channel.unauthorized": {
    zh: "服务商不接受该账号的凭证。请检查密钥与权限",
    en: "The provider refuses the credentials. Check secret and rights",
  },
  "channel.misconfigured": {
    zh: "渠道配置不完整或不正确。请修正账号设置",
    en: "The provider refuses the account, or an option is missing. Repair the account",
  },
  "channel.breaker-open": {
    zh: "服务商频繁出错，已暂缓发送，每 30 秒试探一次",
    en: "The provider fails often; sending rests, and one batch every 30 s finds out when it works again",
  },
  spend_limit: {
    zh: "渠道预算已用完，其余的人等到下个周期",
    en: "The budget of the channel is used up; the others wait for the next period",
  },
  "push.failure-rate": {
    zh: "推送失败率过高。请查看失败原因",
    en: "More people failed than the rule allows. Read the reasons of the deliveries",
  },
  "push.blocked-on-review": {
    zh: "推送在等人工结论。请核实批次",
    en: "A push waits for a person's decision about a batch",
  },
};

/** What an alarm means and what to do; of a code that is not known the code alone. */
export function alarmSentence(code: string): Sentence {
  const known = Object.hasOwn(SENTENCES, code) ? SENTENCES[code] : undefined;
  return known ?? { zh: code, en: code };
}

/** An alarm as a bot tells it: code, what it means, what it is about, facts and instant. */
export function alarmText(
  { code, entity, entityId, detail, at }: Pick<Alarm, "code" | "entity" | "entityId" | "detail" | "at">,
  language: Language,
): string {
  const sign = language === "zh" ? "[告警]" : "[alarm]";
  const meaning = alarmSentence(code)[language];
  const facts = [`${entity} ${entityId}: ${detail}`, new Date(at).toISOString()];
  return [`${sign} ${code}`, ...(meaning === code ? [] : [meaning]), ...facts].join("\n");
}
