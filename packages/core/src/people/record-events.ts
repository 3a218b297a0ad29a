import { chineseChannel, chineseOrderStatus, chinesePurpose } from "../chinese-words.js";
import type { ConsentRecord } from "../contact/consent.js";
import { type Suppression, suppressedReason } from "../contact/suppression.js";
import type { Claim } from "../coupon/coupon.js";
import type { Delivery } from "../delivery/delivery.js";
import type { Sentence } from "../language.js";
import type { Link } from "../link/link.js";
import { currencyDecimals, minorToMajor } from "../money.js";
import type { PersonOrder, PersonRecord } from "../ports/person-store.js";
import { outcomeSentence, reasonSentence } from "./outcome-sentence.js";

/** An event before its language is chosen and its push is read. */
export interface RawEvent {
  readonly at: number;
  readonly kind: string;
  readonly id: string;
  readonly sentence: Sentence;
  readonly address: string | null;
  readonly facts: Readonly<Record<string, string | number | boolean | null>>;
  /** The delivery of a push. */
  readonly delivery?: Delivery;
}

/** What the rows of a person say that happened, in any order. */
export function eventsOfRecord(record: PersonRecord, currency: string): readonly RawEvent[] {
  const { customer, orders, deliveries, consents, suppressions, links, claims } = record;
  return [
    {
      at: customer.createdAt,
      kind: "known",
      id: String(customer.id),
      sentence: { zh: "首次导入", en: "came in first" },
      address: null,
      facts: {},
    },
    ...orders.flatMap((order) => eventsOfOrder(order, currency)),
    ...deliveries.map(eventOfDelivery),
    ...consents.map(eventOfConsent),
    ...suppressions.map(eventOfSuppression),
    ...links.flatMap(eventsOfLink),
    ...claims.flatMap(eventsOfClaim),
  ];
}

function eventsOfOrder(
  { id, externalId, source, orderedAt, amountMinor, status, refundedMinor, refundedAt }: PersonOrder,
  currency: string,
): readonly RawEvent[] {
  const amount = amountText(amountMinor, currency);
  const facts = { order_no: externalId, source, amount_minor: amountMinor, currency, status };
  const about = { kind: "order", address: null };
  const sentence = {
    zh: `订单 ${externalId}，${amount}，${chineseOrderStatus(status)}`,
    en: `order ${externalId}, ${amount}, ${status}`,
  };
  const placed: RawEvent = { ...about, at: orderedAt, id: String(id), sentence, facts };
  if (refundedAt === null || refundedMinor === 0) return [placed];
  const back = amountText(refundedMinor, currency);
  const refund = { zh: `订单 ${externalId} 退款 ${back}`, en: `order ${externalId}: ${back} paid back` };
  const more = { ...facts, refunded_minor: refundedMinor };
  return [placed, { ...about, at: refundedAt, id: `${id}-refund`, sentence: refund, facts: more }];
}

function amountText(minor: number, currency: string): string {
  return `${minorToMajor(minor, currency).toFixed(currencyDecimals(currency))} ${currency}`;
}

function eventOfDelivery(delivery: Delivery): RawEvent {
  const { id, occurrenceId, ruleId, channel, state, reason, address, acceptedAt, updatedAt } = delivery;
  return {
    at: acceptedAt ?? updatedAt,
    kind: "push",
    id: String(id),
    sentence: outcomeSentence(delivery),
    address,
    facts: { occurrence_id: occurrenceId, rule_id: ruleId, channel, state, reason },
    delivery,
  };
}

function eventOfConsent({
  id,
  channel,
  purpose,
  status,
  wording,
  source,
  evidence,
  at,
  recordedAt,
}: ConsentRecord): RawEvent {
  const said = status === "granted" ? { zh: "同意", en: "agreed to" } : { zh: "撤回同意", en: "withdrew consent to" };
  const where = channel === "*" ? { zh: "全部渠道", en: "all channels" } : { zh: chineseChannel(channel), en: channel };
  return {
    at,
    kind: "consent",
    id: String(id),
    sentence: {
      zh: `${said.zh}在${where.zh}接收${chinesePurpose(purpose)}消息（来源 ${source}）`,
      en: `${said.en} ${purpose} messages on ${where.en} (by ${source})`,
    },
    address: null,
    facts: { channel, purpose, status, wording, source, evidence, recorded_at: recordedAt },
  };
}

function eventOfSuppression({ id, channel, reason, address, createdAt }: Suppression): RawEvent {
  const word = suppressedReason(reason);
  const why = reasonSentence(word) ?? { zh: reason, en: reason };
  const where = channel.startsWith("*")
    ? { zh: "全部渠道", en: "all channels" }
    : { zh: chineseChannel(channel), en: channel };
  return {
    at: createdAt,
    kind: "opt_out",
    id: String(id),
    sentence: { zh: `免打扰（${where.zh}）：${why.zh}`, en: `not to be contacted on ${where.en}: ${why.en}` },
    address,
    facts: { channel, reason },
  };
}

function eventsOfLink({
  id,
  channel,
  occurrenceId,
  firstViewedAt,
  firstClickedAt,
  views,
  clicks,
}: Link): readonly RawEvent[] {
  const about = { kind: "visit", address: null, facts: { channel, occurrence_id: occurrenceId, views, clicks } };
  const seen = (at: number | null, what: string, sentence: Sentence): readonly RawEvent[] =>
    at === null ? [] : [{ ...about, at, id: `${id}-${what}`, sentence }];
  return [
    ...seen(firstViewedAt, "view", {
      zh: `链接页面首次被打开（${chineseChannel(channel)}）`,
      en: `the page of the link was asked for first (${channel})`,
    }),
    ...seen(firstClickedAt, "click", {
      zh: `首次访问链接页面（${chineseChannel(channel)}）`,
      en: `visited the page of the link first (${channel})`,
    }),
  ];
}

function eventsOfClaim({
  id,
  couponId,
  number,
  state,
  orderNo,
  usedMinor,
  claimedAt,
  updatedAt,
}: Claim): readonly RawEvent[] {
  const about = {
    kind: "coupon",
    address: null,
    facts: { coupon_id: couponId, number, state, order_no: orderNo, used_minor: usedMinor },
  };
  const claimed: RawEvent = {
    ...about,
    at: claimedAt,
    id: String(id),
    sentence: { zh: `领取优惠券 ${couponId}`, en: `claimed coupon ${couponId}` },
  };
  if (state === "claimed" || updatedAt === claimedAt) return [claimed];
  const order = orderNo === null ? { zh: "", en: "" } : { zh: `，订单 ${orderNo}`, en: `, order ${orderNo}` };
  const sentence = {
    zh: `优惠券 ${couponId}：${CLAIMS[state]}${order.zh}`,
    en: `coupon ${couponId}: ${state}${order.en}`,
  };
  return [claimed, { ...about, at: updatedAt, id: `${id}-${state}`, sentence }];
}

const CLAIMS: Readonly<Record<Exclude<Claim["state"], "claimed">, string>> = {
  reserved: "已为订单保留",
  redeemed: "已核销",
  reversed: "核销已撤回",
  expired: "已过期",
};
