// Who belongs to a segment, from first principles; only tests use it. Calendar days come from Intl, people are looked at one by one.
import type { SegmentInput } from "@recallkit/core";

const DAY_MS = 86_400_000;
const COUNTED = ["paid", "shipped", "completed", "partially_refunded"];
const KINDS = ["city", "store", "category", "brand", "sku"] as const;

/** An order as the oracle sees it; labels are `kind:key`. */
export interface KnownOrder {
  readonly at: number;
  readonly status: string;
  readonly amountMinor: number;
  readonly refundedMinor: number;
  readonly refundedAt: number | null;
  readonly labels: readonly string[];
}

export interface KnownCustomer {
  readonly cities: readonly string[];
  readonly orders: readonly KnownOrder[];
}

/** True when the customer is meant by the segment, seen at `asOf` in a zone. */
export function isMeant(customer: KnownCustomer, segment: SegmentInput, asOf: number, zone: string): boolean {
  const counted = customer.orders.filter((order) => counts(order, asOf));
  const { lapse } = segment;
  const age = (order: KnownOrder) => localDay(asOf, zone) - localDay(order.at, zone);
  const isInside = (order: KnownOrder) => !lapse || (age(order) >= lapse.minDays && age(order) <= lapse.maxDays);
  const inside = counted.filter(isInside);
  if (lapse) {
    const newest = counted.reduce<KnownOrder | undefined>((a, b) => (a && a.at >= b.at ? a : b), undefined);
    if (lapse.recency === "any-order" ? inside.length === 0 : !newest || !isInside(newest)) return false;
  }
  const owned = new Set([...customer.cities.map((city) => `city:${city}`), ...inside.flatMap(({ labels }) => labels)]);
  return hasWantedLabels(owned, segment);
}

function counts({ at, status, amountMinor, refundedMinor, refundedAt }: KnownOrder, asOf: number): boolean {
  const isTakenBack = refundedMinor > 0 && refundedMinor >= amountMinor && (refundedAt === null || refundedAt < asOf);
  return at < asOf && COUNTED.includes(status) && !isTakenBack;
}

function hasWantedLabels(owned: ReadonlySet<string>, { labels, labelMode }: SegmentInput): boolean {
  const wanted = KINDS.map((kind) => (labels?.[kind] ?? []).map((key) => owned.has(`${kind}:${stored(key)}`)));
  const given = wanted.filter((ofKind) => ofKind.length > 0);
  if (given.length === 0) return true;
  if (labelMode === "grouped") return given.every((ofKind) => ofKind.includes(true));
  return labelMode === "all" ? given.flat().every(Boolean) : given.flat().includes(true);
}

/** A key as a library keeps it. */
export function stored(key: string): string {
  return key.trim().normalize("NFC");
}

const formats = new Map<string, Intl.DateTimeFormat>();
const days = new Map<string, number>();

/** Calendar day of an instant: days from 1970-01-01. */
export function localDay(instant: number, zone: string): number {
  const key = `${zone} ${instant}`;
  const known = days.get(key);
  if (known !== undefined) return known;
  const format =
    formats.get(zone) ??
    new Intl.DateTimeFormat("en-US", { timeZone: zone, year: "numeric", month: "numeric", day: "numeric" });
  formats.set(zone, format);
  const parts = Object.fromEntries(format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]));
  const day = Date.UTC(parts.year ?? 0, (parts.month ?? 0) - 1, parts.day ?? 0) / DAY_MS;
  days.set(key, day);
  return day;
}

/** First millisecond of a calendar day, by bisection: the day's number never falls while time goes on. */
export function firstInstantOf(day: number, zone: string): number {
  let before = (day - 1) * DAY_MS;
  let inside = (day + 1) * DAY_MS;
  while (inside - before > 1) {
    const middle = Math.floor((before + inside) / 2);
    if (localDay(middle, zone) >= day) inside = middle;
    else before = middle;
  }
  return inside;
}
