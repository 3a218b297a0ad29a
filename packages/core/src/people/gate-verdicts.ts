import { chineseAddress } from "../chinese-address.js";
import { chineseChannel } from "../chinese-words.js";
import { isConsented, MARKETING_PURPOSE } from "../contact/consent.js";
import { type ContactMessage, momentOf } from "../contact/contact-moment.js";
import { gatesFor } from "../contact/contact-policy.js";
import type { ContactReason } from "../contact/contact-reason.js";
import { earliestCharge } from "../contact/frequency-cap.js";
import { openingAt, zoneOfPerson } from "../contact/quiet-hours.js";
import { isOverQuota } from "../contact/receive-quota.js";
import { budgetPeriods } from "../contact/spend-limit.js";
import { suppressedReason, suppressionChannels } from "../contact/suppression.js";
import type { Sentence } from "../language.js";
import { localMinuteOf } from "../local-time.js";
import type { Channel } from "../ports/channel.js";
import type { PersonRecord } from "../ports/person-store.js";
import type { Stores } from "../ports/stores.js";
import { reasonSentence } from "./outcome-sentence.js";

/** What one gate of the contact policy says of a person. */
export interface GateVerdict {
  /** The reason that a delivery would have. */
  readonly reason: ContactReason;
  /** Whether messages like this one are asked about at all. */
  readonly isAsked: boolean;
  /** The gate keeps the person away. */
  readonly holds: boolean;
  /** The verdict with the fact that decided it. */
  readonly sentence: Sentence;
}

/** A message to one person at an instant. */
export interface GateQuestion {
  readonly stores: Stores;
  readonly tenantId: number;
  readonly record: PersonRecord;
  readonly channel: Pick<Channel, "name" | "addressType">;
  readonly message: ContactMessage;
  readonly expireAfterMs: number;
  /** Zone of the merchant, in which budgets are counted. */
  readonly merchantZone: string;
  readonly at: number;
}

/** What every gate says, in the order in which they are asked. */
export async function gateVerdicts(question: GateQuestion): Promise<readonly GateVerdict[]> {
  const { record, channel, message, at } = question;
  const address = record.customer.identities[channel.addressType] ?? null;
  const asked = new Set<string>(gatesFor(message).map(({ reason }) => reason));
  const words = suppressionWords(question, address);
  const held = (reason: ContactReason) => words.find((word) => suppressedReason(word.reason) === reason);
  const { charges, received } = await ledgerOf(question);
  return [
    {
      reason: "no_address",
      isAsked: true,
      holds: address === null,
      sentence:
        address === null
          ? {
              zh: `没有该渠道的地址（${chineseAddress(channel.addressType)}）`,
              en: `no address for the channel (${channel.addressType})`,
            }
          : { zh: "有该渠道的地址", en: "has an address for the channel" },
    },
    {
      reason: "duplicate_contact",
      isAsked: false,
      holds: false,
      sentence: { zh: "圈选人群时才判断", en: "is decided when the people are taken" },
    },
    hoursVerdict(question),
    ...(["opt_out"] as const).map((reason) => suppressionVerdict(reason, held(reason), message.timeZone, asked)),
    consentVerdict(question),
    ...(["not_a_friend", "blocklist", "open_ticket"] as const).map((reason) =>
      suppressionVerdict(reason, held(reason), message.timeZone, asked),
    ),
    capVerdict(message, at, charges, asked.has("frequency_cap")),
    quotaVerdict(message, at, received, asked.has("provider_quota")),
    await budgetVerdict(question),
  ];
}

/** Entries that hold for the person on the channel, as of the instant; what was lifted since is not known any more. */
function suppressionWords({ record, channel, at }: GateQuestion, address: string | null) {
  const channels = suppressionChannels(channel.name);
  return record.suppressions.filter(
    (entry) =>
      channels.includes(entry.channel) &&
      entry.createdAt <= at &&
      (entry.address === null || entry.address === address),
  );
}

function suppressionVerdict(
  reason: "opt_out" | "not_a_friend" | "blocklist" | "open_ticket",
  entry: PersonRecord["suppressions"][number] | undefined,
  zone: string,
  asked: ReadonlySet<string>,
): GateVerdict {
  const none: Readonly<Record<typeof reason, Sentence>> = {
    opt_out: { zh: "没有退订", en: "has not opted out" },
    not_a_friend: { zh: "仍是成员的好友", en: "is not known to have ended the contact" },
    blocklist: { zh: "不在免打扰名单中", en: "is not on the list of suppressions" },
    open_ticket: { zh: "没有未结束的投诉或工单", en: "has no open ticket" },
  };
  if (!asked.has(reason)) return unasked(reason);
  if (!entry) return { reason, isAsked: true, holds: false, sentence: none[reason] };
  const since = localMinuteOf(entry.createdAt, zone).replace("T", " ");
  const where = entry.channel.startsWith("*")
    ? { zh: "全部渠道", en: "all channels" }
    : { zh: chineseChannel(entry.channel), en: entry.channel };
  const sentence = {
    zh: `自 ${since} 起免打扰（${where.zh}，${reasonSentence(suppressedReason(entry.reason))?.zh ?? `原因 ${entry.reason}`}）`,
    en: `suppressed since ${since} on ${where.en} (${entry.reason})`,
  };
  return { reason, isAsked: true, holds: true, sentence };
}

function unasked(reason: ContactReason): GateVerdict {
  return {
    reason,
    isAsked: false,
    holds: false,
    sentence: { zh: "对这类消息不作要求", en: "is not asked of messages like this" },
  };
}

function consentVerdict({ record, channel, message, at }: GateQuestion): GateVerdict {
  const reason = "no_consent";
  if (!message.needsConsent) return unasked(reason);
  const words = record.consents.filter(
    (one) => one.purpose === MARKETING_PURPOSE && (one.channel === channel.name || one.channel === "*") && one.at <= at,
  );
  const last = words.toSorted((a, b) => b.at - a.at || (a.status === "withdrawn" ? -1 : 1))[0];
  const holds = !isConsented(words);
  if (!last) {
    return {
      reason,
      isAsked: true,
      holds,
      sentence: { zh: "从未同意接收营销消息", en: "never agreed to marketing messages" },
    };
  }
  const on = localMinuteOf(last.at, message.timeZone).replace("T", " ");
  const sentence = holds
    ? { zh: `${on} 撤回同意（来源 ${last.source}）`, en: `withdrew consent on ${on} (by ${last.source})` }
    : { zh: `${on} 同意（来源 ${last.source}）`, en: `agreed on ${on} (by ${last.source})` };
  return { reason, isAsked: true, holds, sentence };
}

/** What the ledger holds of the person up to the instant, whoever the rule means. */
async function ledgerOf({ stores, tenantId, record, channel, message, at }: GateQuestion) {
  const { capPolicy, quotaPolicy } = momentOf(message, at);
  const chargesSince = Math.min(earliestCharge(capPolicy), quotaPolicy?.oldest ?? Number.POSITIVE_INFINITY);
  const { id } = record.customer;
  const query = { tenantId, orders: { asOf: at, statuses: [] }, labelGroups: [], customerIds: [id] };
  const page = { tenantId, channel: channel.name, addressType: channel.addressType, query, chargesSince };
  const [outlook] = await stores.deliveries.outlook({ ...page, afterId: id - 1, limit: 1 });
  return {
    charges: (outlook?.charges ?? []).filter((charged) => charged < at),
    received: (outlook?.received ?? []).filter((seen) => seen === null || seen < at),
  };
}

function capVerdict(message: ContactMessage, at: number, charges: readonly number[], isAsked: boolean): GateVerdict {
  const reason = "frequency_cap";
  if (!isAsked) return unasked(reason);
  const { capPolicy } = momentOf(message, at);
  const { dayStart, maxPerDay, weekStart, maxPerWeek, minGapMs } = capPolicy;
  const since = (start: number) => charges.filter((charged) => charged >= start).length;
  const [today, week] = [since(dayStart), since(weekStart)];
  const last = charges.length === 0 ? undefined : Math.max(...charges);
  const tooSoon = last !== undefined && last > at - minGapMs;
  const holds = today >= maxPerDay || week >= maxPerWeek || tooSoon;
  const when = last === undefined ? undefined : localMinuteOf(last, message.timeZone).replace("T", " ");
  const limit = (most: number) => (most === Number.MAX_SAFE_INTEGER ? "∞" : String(most));
  const gap = minGapMs / 3_600_000;
  const lastly = when ? { zh: `，最近一条 ${when}`, en: `, the last on ${when}` } : { zh: "", en: "" };
  return {
    reason,
    isAsked,
    holds,
    sentence: {
      zh: `当天营销消息 ${today} 条（上限 ${limit(maxPerDay)}），7 天内 ${week} 条（上限 ${limit(maxPerWeek)}）${lastly.zh}，间隔至少 ${gap} 小时${tooSoon ? "：间隔不足" : holds ? "：已达上限" : ""}`,
      en: `${today} marketing messages that day (at most ${limit(maxPerDay)}), ${week} in 7 days (at most ${limit(maxPerWeek)})${lastly.en}, ${gap} hours apart${tooSoon ? ": too soon" : holds ? ": no more allowed" : ""}`,
    },
  };
}

function quotaVerdict(
  message: ContactMessage,
  at: number,
  received: readonly (number | null)[],
  isAsked: boolean,
): GateVerdict {
  const reason = "provider_quota";
  const { quotaPolicy } = momentOf(message, at);
  if (!isAsked || !quotaPolicy) return unasked(reason);
  const count = received.filter((seen) => seen === null || seen >= quotaPolicy.since).length;
  const sentence = {
    zh: `服务商规定的时段内已收 ${count} 条，最多 ${quotaPolicy.max} 条`,
    en: `has ${count} of ${quotaPolicy.max} messages that the provider delivers in the period`,
  };
  return { reason, isAsked, holds: isOverQuota(received, quotaPolicy), sentence };
}

function hoursVerdict({ record, message, expireAfterMs, at }: GateQuestion): GateVerdict {
  const reason = "quiet_hours_expired";
  const { window, timeZone } = message;
  if (!window) return unasked(reason);
  const zone = zoneOfPerson(record.customer.timeZone, timeZone);
  const opens = openingAt(window, zone, at);
  const hours = `${window.from}–${window.to} (${zone})`;
  if (opens === at) {
    return {
      reason,
      isAsked: true,
      holds: false,
      sentence: { zh: `在允许时段 ${hours} 内`, en: `within the permitted hours ${hours}` },
    };
  }
  const until = localMinuteOf(opens, zone).replace("T", " ");
  return {
    reason,
    isAsked: true,
    holds: opens >= at + expireAfterMs,
    sentence: {
      zh: `不在允许时段 ${hours} 内，等到 ${until}`,
      en: `outside the permitted hours ${hours}, waits until ${until}`,
    },
  };
}

async function budgetVerdict({
  stores,
  tenantId,
  channel,
  message,
  merchantZone,
  at,
}: GateQuestion): Promise<GateVerdict> {
  const reason = "spend_limit";
  if (!message.spendLimit) return unasked(reason);
  const periods = budgetPeriods(message.spendLimit, merchantZone, at);
  const names = periods.map(({ name }) => name);
  const sums = await stores.spend.sums(tenantId, channel.name, names);
  const spent = periods.map(({ name, limit }) => ({
    name,
    limit,
    amount: sums.find(({ period }) => period === name)?.amountMinor ?? 0,
  }));
  const limited = spent.filter(({ limit }) => limit !== null);
  const text = limited.map(({ name, limit, amount }) => `${name}: ${amount} / ${limit}`).join(", ");
  return {
    reason,
    isAsked: true,
    holds: limited.some(({ limit, amount }) => limit !== null && amount >= limit),
    sentence: { zh: `渠道预算已用 ${text}`, en: `spent of the budget ${text}` },
  };
}
