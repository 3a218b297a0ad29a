// Who is meant, from first principles; only tests use it. Calendar days come from Intl, people are looked at one by one.
import type { SegmentInput } from "@recallkit/core";
import { localDay } from "../sqlite/audience-oracle.js";
import { ATTRIBUTES, CHANNELS, COUNTED, LIBRARY, type ModelOrder, type ModelPerson, type Shop } from "./shop-model.js";

const DAY = 86_400_000;
const WEEK = 7 * DAY;

export interface Question {
  readonly shop: Shop;
  readonly asOf: number;
  readonly zone: string;
}

/** Whether a person is meant. What is not known is said to the worse: within a negation it holds for everybody. */
export function isMeant(person: ModelPerson, segment: SegmentInput, question: Question, negated = false): boolean {
  const checks: (() => boolean)[] = [
    () => hasWindowAndLabels(person, segment, question, negated),
    () => hasAttributes(person, segment, negated),
    () => hasOrders(person, segment, question),
    () => hasProducts(person, segment, question, negated),
    () => hasBirthday(person, segment, question),
    () => !segment.customers || segment.customers.includes(person.key),
    () => isReachable(person, segment, question, negated),
    () => hasConsents(person, segment, question),
    () => hasEngagement(person, segment, question),
    () => (segment.all ?? []).every((one) => isMeant(person, one, question, negated)),
    () => !segment.any || segment.any.some((one) => isMeant(person, one, question, negated)),
    () => !(segment.none ?? []).some((one) => isMeant(person, one, question, !negated)),
  ];
  return checks.every((check) => check());
}

function counted(person: ModelPerson, asOf: number): readonly ModelOrder[] {
  return person.orders.filter(({ at, status, amountMinor, refundedMinor, refundedAt }) => {
    const isTakenBack =
      refundedMinor > 0 && refundedMinor >= amountMinor && (refundedAt ?? Number.MIN_SAFE_INTEGER) < asOf;
    return at < asOf && COUNTED.includes(status) && !isTakenBack;
  });
}

interface Days {
  readonly minDays: number;
  readonly maxDays: number;
}
const isAgo = (at: number, { minDays, maxDays }: Days, { asOf, zone }: Question) => {
  const age = localDay(asOf, zone) - localDay(at, zone);
  return age >= minDays && age <= maxDays;
};

function hasWindowAndLabels(
  person: ModelPerson,
  { lapse, labels, labelMode }: SegmentInput,
  q: Question,
  negated: boolean,
): boolean {
  const orders = counted(person, q.asOf);
  const inside = lapse ? orders.filter(({ at }) => isAgo(at, lapse, q)) : orders;
  if (lapse) {
    const newest = Math.max(...orders.map(({ at }) => at));
    if (lapse.recency === "any-order" ? inside.length === 0 : !(orders.length > 0 && isAgo(newest, lapse, q)))
      return false;
  }
  const own = new Set([...person.labels, ...inside.flatMap((order) => order.labels)]);
  const has = (label: string) => (LIBRARY.includes(label) ? own.has(label) : negated);
  const wanted = Object.entries(labels ?? {}).map(([kind, keys]) =>
    (keys ?? []).map((key: string) => has(`${kind}:${key}`)),
  );
  if (wanted.length === 0) return true;
  if (labelMode === "grouped") return wanted.every((ofKind) => ofKind.includes(true));
  return labelMode === "all" ? wanted.flat().every(Boolean) : wanted.flat().includes(true);
}

function hasAttributes(person: ModelPerson, { attributes }: SegmentInput, negated: boolean): boolean {
  return (attributes ?? []).every(({ name, in: values, min, max, isSet }) => {
    if (!ATTRIBUTES.some((one) => one.name === name)) return negated;
    const value = person.attributes[name];
    if (isSet !== undefined && isSet !== null) return isSet === (value !== undefined);
    if (value === undefined) return false;
    if (values) return values.includes(value);
    return (min === undefined || min === null || value >= min) && (max === undefined || max === null || value <= max);
  });
}

function hasOrders(person: ModelPerson, { orders: asked }: SegmentInput, q: Question): boolean {
  if (!asked) return true;
  const orders = counted(person, q.asOf);
  const isIn = (
    value: number,
    range: { min?: number | null | undefined; max?: number | null | undefined } | null | undefined,
  ) => !range || (value >= (range.min ?? Number.NEGATIVE_INFINITY) && value <= (range.max ?? Number.POSITIVE_INFINITY));
  const total = orders.reduce((sum, { amountMinor, refundedMinor, refundedAt }) => {
    const isGiven = refundedAt === null || refundedAt < q.asOf;
    return sum + amountMinor - (isGiven ? refundedMinor : 0);
  }, 0);
  const times = orders.map(({ at }) => at).sort((a, b) => a - b);
  const [first, last] = [times[0], times.at(-1)];
  if (!isIn(orders.length, asked.count) || !isIn(total, asked.totalMinor)) return false;
  if (asked.firstOrder && (first === undefined || !isAgo(first, asked.firstOrder, q))) return false;
  const gap = times.length > 1 ? ((last ?? 0) - (first ?? 0)) / (times.length - 1) : Number.NaN;
  if (asked.averageGapDays && (Number.isNaN(gap) || !isIn(gap / DAY, asked.averageGapDays))) return false;
  if (!asked.overdue) return true;
  const { factor, minOrders } = asked.overdue;
  return times.length >= (minOrders ?? 3) && gap > 0 && q.asOf - (last ?? 0) > (factor ?? 1.5) * gap;
}

function hasProducts(person: ModelPerson, { products }: SegmentInput, q: Question, negated: boolean): boolean {
  return (products ?? []).every(({ bought: wanted, within, ...kinds }) => {
    const bought = wanted ?? true;
    const orders = counted(person, q.asOf).filter(({ at }) => !within || isAgo(at, within, q));
    const own = new Set(orders.flatMap(({ labels }) => labels));
    const asked = Object.entries(kinds).flatMap(([kind, keys]) => (keys ?? []).map((key: string) => `${kind}:${key}`));
    return asked.some((label) => (LIBRARY.includes(label) ? own.has(label) : negated === bought)) === bought;
  });
}

function hasBirthday({ bornOn }: ModelPerson, { birthday }: SegmentInput, { asOf, zone }: Question): boolean {
  if (!birthday) return true;
  if (bornOn === null) return false;
  const [year = 0, month = 0, day = 0] = bornOn.split("-").map(Number);
  const today = localDay(asOf, zone);
  for (let ahead = birthday.fromDays ?? 0; ahead <= birthday.toDays; ahead++) {
    const date = new Date((today + ahead) * DAY);
    const [y, m, d] = [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()];
    if (y <= year) continue;
    if (m === month && d === day) return true;
    const isLeapYear = new Date(Date.UTC(y, 1, 29)).getUTCMonth() === 1;
    if (month !== 2 || day !== 29 || isLeapYear) continue;
    if ((birthday.leapDay ?? "feb28") === "feb28" && m === 2 && d === 28) return true;
    if (birthday.leapDay === "mar1" && m === 3 && d === 1) return true;
  }
  return false;
}

function isReachable(person: ModelPerson, { reachable }: SegmentInput, { asOf }: Question, negated: boolean): boolean {
  if (!reachable) return true;
  return reachable.some((name) => {
    if (!CHANNELS[name]) return negated;
    if (name === "sms" && person.mobile === null) return false;
    return !person.suppressed.some(
      ({ channel, at, byAddress }) =>
        (channel === "*" || channel === name) && at < asOf && (!byAddress || name === "sms"),
    );
  });
}

function hasConsents(person: ModelPerson, { consents }: SegmentInput, { asOf }: Question): boolean {
  return (consents ?? []).every(({ status, channel }) => {
    const words = person.words
      .filter((word) => word.at < asOf && (word.channel === "*" || word.channel === channel))
      // Of two of one instant the withdrawal holds.
      .sort((a, b) => a.at - b.at || (a.status === "granted" ? -1 : 1) - (b.status === "granted" ? -1 : 1));
    return (words.at(-1)?.status ?? "unknown") === status;
  });
}

function hasEngagement(person: ModelPerson, { engagement }: SegmentInput, question: Question): boolean {
  const { shop, asOf, zone } = question;
  const touchOf = ({ state, acceptedAt, deliveredAt }: ModelPerson["messages"][number]) =>
    state === "delivered" ? (deliveredAt ?? acceptedAt) : state === "accepted" ? acceptedAt : null;
  return (engagement ?? []).every(({ did, not, withinDays, rules, channel }) => {
    const isThen = (at: number | null) =>
      at !== null &&
      at < asOf &&
      (withinDays === undefined || withinDays === null || localDay(asOf, zone) - localDay(at, zone) <= withinDays);
    const isMeantPush = (index: number) => {
      const push = shop.pushes[index];
      return (
        !!push && !push.isTest && (!rules || rules.includes(push.ruleId)) && (!channel || push.channel === channel)
      );
    };
    const messages = person.messages.filter(({ push }) => isMeantPush(push));
    const happened = {
      sent: () => messages.some(({ acceptedAt }) => isThen(acceptedAt)),
      delivered: () => messages.some((one) => one.state === "delivered" && isThen(touchOf(one))),
      clicked: () => messages.some(({ clickedAt, claimedAt }) => isThen(clickedAt) || isThen(claimedAt)),
      claimed: () => messages.some(({ claimedAt }) => isThen(claimedAt)),
      converted: () =>
        counted(person, asOf).some(({ at }) => {
          const before = person.messages
            .filter((one) => !shop.pushes[one.push]?.isTest)
            .flatMap((one) => {
              const touch = touchOf(one);
              return touch !== null && touch <= at ? [{ touch, push: one.push }] : [];
            })
            .sort((a, b) => a.touch - b.touch || a.push - b.push);
          const last = before.at(-1);
          return last !== undefined && at - last.touch < WEEK && isMeantPush(last.push) && isThen(at);
        }),
    };
    return happened[did]() !== (not ?? false);
  });
}
