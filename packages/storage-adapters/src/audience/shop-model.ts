// Random shops and segments for the differential test of audiences; only tests use it.
import type { Random, SegmentInput } from "@recallkit/core";

const DAY = 86_400_000;

export interface ModelOrder {
  readonly at: number;
  readonly status: string;
  readonly amountMinor: number;
  readonly refundedMinor: number;
  readonly refundedAt: number | null;
  /** `kind:key` */
  readonly labels: readonly string[];
}

/** What one push came to with a person. */
export interface ModelMessage {
  /** Number of the push in the shop. */
  readonly push: number;
  readonly state: "accepted" | "delivered" | "not_delivered" | "failed" | "unknown" | "in_batch";
  readonly acceptedAt: number | null;
  readonly deliveredAt: number | null;
  readonly clickedAt: number | null;
  readonly claimedAt: number | null;
}

export interface ModelPerson {
  readonly key: string;
  readonly bornOn: string | null;
  readonly labels: readonly string[];
  readonly mobile: string | null;
  readonly attributes: Readonly<Record<string, string | number>>;
  readonly orders: readonly ModelOrder[];
  readonly words: readonly {
    readonly channel: string;
    readonly status: "granted" | "withdrawn";
    readonly at: number;
  }[];
  readonly suppressed: readonly { readonly channel: string; readonly byAddress: boolean; readonly at: number }[];
  readonly messages: readonly ModelMessage[];
}

export interface ModelPush {
  readonly ruleId: number;
  readonly isTest: boolean;
  readonly channel: string;
}

export interface Shop {
  readonly zone: string;
  readonly people: readonly ModelPerson[];
  readonly pushes: readonly ModelPush[];
  /** Instants at which something happens. */
  readonly instants: readonly number[];
}

const ZONES = ["Asia/Shanghai", "America/New_York", "Australia/Lord_Howe", "Pacific/Chatham", "Asia/Kathmandu"];
const CENTRES = ["2024-02-29", "2023-12-31", "2024-03-10", "2024-11-03", "2025-02-28"];
export const LIBRARY = [
  "city:上海",
  "city:Orléans",
  "call:reached",
  "store:w1",
  "category:猫粮",
  "brand:蓝氏",
  "sku:1",
  "sku:2",
];
export const CHANNELS: Readonly<Record<string, "external_userid" | "mobile">> = {
  wecom: "external_userid",
  sms: "mobile",
};
export const ATTRIBUTES = [
  { name: "level", type: "text" },
  { name: "points", type: "number" },
  { name: "since", type: "date" },
] as const;
const STATUSES = ["paid", "paid", "completed", "partially_refunded", "pending", "PAID"];
export const COUNTED = ["paid", "shipped", "completed", "partially_refunded"];

export function draws(random: Random) {
  const below = (limit: number) => Math.floor(random.next() * limit);
  const pick = <T>(values: readonly T[]): T => values[below(values.length)] as T;
  const some = <T>(values: readonly T[], share: number) => values.filter(() => random.next() < share);
  const chance = (share: number) => random.next() < share;
  const list = <T>(most: number, make: (index: number) => T) =>
    Array.from({ length: below(most + 1) }, (_, n) => make(n));
  return { below, pick, some, chance, list };
}
export type Draws = ReturnType<typeof draws>;

export function newShop({ below, pick, some, chance, list }: Draws, size: number): Shop {
  const centre = Date.parse(pick(CENTRES));
  // Few instants, so that equal ones are common, some of them right at the edges of days.
  const instants = Array.from({ length: 40 }, () => {
    const day = centre + (below(80) - 60) * DAY;
    return chance(0.2) ? day - 8 * 3_600_000 : day + below(DAY);
  });
  const instant = () => pick(instants);
  const pushes = Array.from({ length: 3 }, (_, n) => ({
    ruleId: 1 + (n % 2),
    isTest: chance(0.15),
    channel: chance(0.8) ? "wecom" : "sms",
  }));
  const order = (): ModelOrder => {
    const amountMinor = pick([0, 1, 500, 999, 10_000]);
    const refundedMinor = chance(0.25) ? pick([amountMinor, amountMinor >> 1, amountMinor + 1]) : 0;
    return {
      ...{ at: instant(), status: pick(STATUSES), amountMinor, refundedMinor },
      refundedAt: refundedMinor > 0 && chance(0.7) ? instant() : null,
      labels: some(LIBRARY.slice(3), 0.3),
    };
  };
  const message = (push: number): ModelMessage => {
    const state = pick(["accepted", "delivered", "delivered", "not_delivered", "failed", "unknown"] as const);
    const acceptedAt = state === "failed" || state === "unknown" ? null : instant();
    const deliveredAt = state === "delivered" && chance(0.8) ? instant() : null;
    return {
      push,
      state,
      acceptedAt,
      deliveredAt,
      clickedAt: chance(0.3) ? instant() : null,
      claimedAt: chance(0.2) ? instant() : null,
    };
  };
  const born = () => new Date(centre + (below(40) - 20) * DAY - below(60) * 365.2425 * DAY).toISOString().slice(0, 10);
  const people = Array.from({ length: size }, (_, n): ModelPerson => {
    const mobile = chance(0.6) ? `138${n}` : null;
    return {
      key: `c${n}`,
      bornOn: chance(0.1) ? pick(["2000-02-29", "1996-02-28", "1999-03-01"]) : chance(0.8) ? born() : null,
      labels: some(LIBRARY.slice(0, 3), 0.4),
      mobile,
      attributes: {
        ...(chance(0.6) && { level: pick(["金卡", "gold", "GOLD"]) }),
        ...(chance(0.6) && { points: pick([0, 20, 0.5, 100]) }),
        ...(chance(0.6) && { since: pick(["2025-01-31", "2025-02-01"]) }),
      },
      orders: list(pick([0, 2, 6]), order),
      words: list(3, () => ({
        channel: pick(["*", "sms", "wecom"]),
        status: pick(["granted", "withdrawn"] as const),
        at: instant(),
      })),
      suppressed: ["*", "sms", "wecom"].flatMap((channel) =>
        chance(0.15)
          ? [{ channel, byAddress: channel === "sms" && mobile !== null && chance(0.5), at: instant() }]
          : [],
      ),
      messages: pushes.flatMap((push, at) => (push.channel === "wecom" || mobile !== null ? [message(at)] : [])),
    };
  });
  return { zone: pick(ZONES), people, pushes, instants };
}

const DAYS = [0, 1, 7, 20, 30, 60, 400];

function daysAgo({ pick }: Draws) {
  const [a, b] = [pick(DAYS), pick(DAYS)];
  return { minDays: Math.min(a, b), maxDays: Math.max(a, b) };
}

function range({ pick, chance }: Draws, values: readonly number[]) {
  const [a, b] = [pick(values), pick(values)];
  if (chance(0.4)) return { min: a };
  return chance(0.5) ? { max: a } : { min: Math.min(a, b), max: Math.max(a, b) };
}

/** The fields of a segment by themselves, from which some are taken. */
const FIELDS: readonly ((d: Draws) => Partial<SegmentInput>)[] = [
  (d) => ({ lapse: { ...daysAgo(d), recency: d.pick(["last-order", "any-order"] as const) } }),
  (d) => ({
    labelMode: d.pick(["any", "grouped", "all"] as const),
    labels: keysOf(d, ["city", "call", "store", "category", "brand", "sku"]),
  }),
  (d) => ({
    attributes: [
      d.pick([
        { name: "level", in: ["金卡", "gold"] },
        { name: "points", min: 20 },
        { name: "points", max: 20 },
        { name: "since", min: "2025-02-01", max: "2026-01-01" },
        { name: "level", isSet: false },
        { name: "points", isSet: true },
        { name: "height", isSet: true },
      ]),
    ],
  }),
  (d) => ({ orders: { count: range(d, [0, 1, 2, 4]) } }),
  (d) => ({ orders: { totalMinor: range(d, [-1, 0, 500, 1_000, 10_000]) } }),
  (d) => ({ orders: { firstOrder: daysAgo(d) } }),
  (d) => ({ orders: { averageGapDays: range(d, [0, 0.5, 5, 10, 40]) } }),
  (d) => ({ orders: { overdue: { factor: d.pick([1, 1.5, 2.25]), minOrders: d.pick([2, 3]) }, count: { min: 1 } } }),
  (d) => ({
    products: [
      {
        ...keysOf(d, ["store", "category", "brand", "sku"]),
        bought: d.chance(0.6),
        ...(d.chance(0.4) && { within: daysAgo(d) }),
      },
    ],
  }),
  (d) => {
    const fromDays = d.below(30) - 20;
    const leapDay = d.pick(["feb28", "mar1", "leap-years-only"] as const);
    return { birthday: { fromDays, toDays: fromDays + d.pick([0, 1, 7, 30, 300]), leapDay } };
  },
  (d) => ({ customers: [`c${d.below(30)}`, `c${d.below(30)}`, `c${d.below(8)}`] }),
  (d) => ({ reachable: d.pick([["sms"], ["wecom"], ["sms", "wecom"], ["fax"], ["sms", "fax"]]) }),
  (d) => ({
    consents: [
      {
        status: d.pick(["granted", "withdrawn", "unknown"] as const),
        ...(d.chance(0.7) && { channel: d.pick(["sms", "wecom"]) }),
      },
    ],
  }),
  (d) => ({
    engagement: [
      {
        did: d.pick(["sent", "delivered", "clicked", "claimed", "converted"] as const),
        not: d.chance(0.4),
        ...(d.chance(0.5) && { withinDays: d.pick(DAYS) }),
        ...(d.chance(0.3) && { rules: [d.pick([1, 2, 3])] }),
        ...(d.chance(0.3) && { channel: d.pick(["wecom", "sms"]) }),
      },
    ],
  }),
];

function keysOf(d: Draws, kinds: readonly string[]) {
  const chosen = LIBRARY.filter((label) => kinds.includes(label.split(":")[0] ?? ""));
  const keys = d.some(chosen, 0.3);
  const all = keys.length > 0 ? keys : [d.pick(chosen)];
  const named = d.chance(0.08) ? [...all, `${d.pick(kinds)}:nobody-has-it`] : all;
  return Object.fromEntries(
    kinds.flatMap((kind) => {
      const own = named.flatMap((label) => (label.startsWith(`${kind}:`) ? [label.slice(kind.length + 1)] : []));
      return own.length > 0 ? [[kind, own]] : [];
    }),
  );
}

const WINDOW = FIELDS.slice(0, 2);

/** A segment of one to three conditions, some of which are segments themselves. */
export function newSegment(d: Draws, depth = 0): SegmentInput {
  const parts = Array.from({ length: 1 + d.below(2) }, () => d.pick(d.chance(0.3) ? WINDOW : FIELDS)(d));
  const inside = depth < 3 && d.chance(0.45) ? d.pick(["all", "any", "none"] as const) : undefined;
  const nested = () => Array.from({ length: 1 + d.below(3) }, () => newSegment(d, depth + 1));
  return { ...Object.assign({}, ...(inside && d.chance(0.5) ? [] : parts)), ...(inside && { [inside]: nested() }) };
}
