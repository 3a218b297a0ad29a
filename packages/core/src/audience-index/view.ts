import type { CountedOrders } from "../audience/audience-query.js";
import { addTo, type Bitset, bitset, isIn } from "./bitset.js";
import type { Columns } from "./columns.js";

/** Numbers of people or orders by the UTC day of an instant. */
interface Days {
  /** One day after the other, ascending within each. */
  readonly ordinals: Uint32Array;
  /** Where each day begins, from `firstDay` on. */
  readonly start: Uint32Array;
  readonly firstDay: number;
}

/** Which orders count as of an instant, and what follows for people. */
export interface View {
  /** Orders that count. */
  readonly counted: Bitset;
  /** Instant of the last counted order of each person; -Infinity: there is none. */
  readonly last: Float64Array;
  /** People whose last counted order lies in [from, to). */
  lastWithin(from: number, to: number): Bitset;
  /** Orders that count and lie in [from, to); to be read only. */
  ordersWithin(from: number, to: number): Bitset;
  /** Orders of each person taken together; made when it is asked for. */
  facts(): OrderFacts;
  bytes(): number;
}

/** Counted orders of each person, taken together. */
interface OrderFacts {
  readonly count: Uint32Array;
  readonly totalMinor: Float64Array;
  readonly first: Float64Array;
}

const DAY_MS = 86_400_000;

/** What the orders of columns come to as of an instant. */
export function viewOf(columns: Columns, { asOf, statuses }: CountedOrders): View {
  const { orderOwner, orderedAt, status, ids } = columns;
  const counts = columns.statuses.map((one) => statuses.includes(one));
  const isGone = goneOrders(columns, asOf);
  const counted = bitset(orderedAt.length);
  const last = new Float64Array(ids.length).fill(Number.NEGATIVE_INFINITY);
  for (let order = 0; order < orderedAt.length; order++) {
    const at = orderedAt[order] ?? 0;
    if (at >= asOf || !counts[status[order] ?? 0] || isIn(isGone, order)) continue;
    addTo(counted, order);
    // Orders of a person ascend.
    last[orderOwner[order] ?? 0] = at;
  }
  let facts: OrderFacts | undefined;
  let orderDays: Days | undefined;
  // While somebody edits a segment, its window mostly stays.
  let window: { readonly from: number; readonly to: number; readonly orders: Bitset } | undefined;
  const lastDays = daysOf(last);
  return {
    counted,
    last,
    lastWithin: (from, to) => within(lastDays, last, { from, to }),
    ordersWithin(from, to) {
      if (window?.from === from && window.to === to) return window.orders;
      orderDays ??= daysOf(orderedAt, counted);
      window = { from, to, orders: within(orderDays, orderedAt, { from, to }) };
      return window.orders;
    },
    facts() {
      facts ??= factsOf(columns, counted, asOf);
      return facts;
    },
    bytes() {
      const { count, totalMinor, first } = facts ?? {};
      const days = [lastDays, orderDays].flatMap((one) => (one ? [one.ordinals, one.start] : []));
      const arrays = [counted, last, window?.orders, count, totalMinor, first, ...days];
      return arrays.reduce((sum, array) => sum + (array?.byteLength ?? 0), 0);
    },
  };
}

/** Orders that were given back in full before the instant. */
function goneOrders({ refundOrder, refundMinor, refundAt, amountMinor, orderedAt }: Columns, asOf: number): Bitset {
  const gone = bitset(orderedAt.length);
  for (const [at, order] of refundOrder.entries()) {
    const minor = refundMinor[at] ?? 0;
    if (minor > 0 && minor >= (amountMinor[order] ?? 0) && (refundAt[at] ?? 0) < asOf) addTo(gone, order);
  }
  return gone;
}

/** @param only leaves the others out. @default all whose instant is finite */
function daysOf(instants: Float64Array, only?: Bitset): Days {
  const isMeant = (ordinal: number, at: number) => (only ? isIn(only, ordinal) : at !== Number.NEGATIVE_INFINITY);
  let [earliest, latest, size] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
  for (let ordinal = 0; ordinal < instants.length; ordinal++) {
    const at = instants[ordinal] ?? 0;
    if (!isMeant(ordinal, at)) continue;
    if (at < earliest) earliest = at;
    if (at > latest) latest = at;
    size += 1;
  }
  if (size === 0) return { ordinals: new Uint32Array(0), start: new Uint32Array(1), firstDay: 0 };
  const firstDay = Math.floor(earliest / DAY_MS);
  const dayOf = (at: number) => Math.floor(at / DAY_MS) - firstDay;
  const start = new Uint32Array(dayOf(latest) + 2);
  for (let ordinal = 0; ordinal < instants.length; ordinal++) {
    const at = instants[ordinal] ?? 0;
    if (isMeant(ordinal, at)) start[dayOf(at) + 1] = (start[dayOf(at) + 1] ?? 0) + 1;
  }
  for (let day = 1; day < start.length; day++) start[day] = (start[day] ?? 0) + (start[day - 1] ?? 0);
  const free = start.slice();
  const ordinals = new Uint32Array(size);
  for (let ordinal = 0; ordinal < instants.length; ordinal++) {
    const at = instants[ordinal] ?? 0;
    if (!isMeant(ordinal, at)) continue;
    const day = dayOf(at);
    const to = free[day] ?? 0;
    ordinals[to] = ordinal;
    free[day] = to + 1;
  }
  return { ordinals, start, firstDay };
}

/** Ordinals of [from, to): whole days at once, and those of the days at the ends one by one. */
function within(
  { ordinals, start, firstDay }: Days,
  instants: Float64Array,
  { from, to }: { readonly from: number; readonly to: number },
): Bitset {
  const found = bitset(instants.length);
  const begin = Math.max(0, Math.floor(from / DAY_MS) - firstDay);
  const end = Math.min(start.length - 1, Math.floor((to - 1) / DAY_MS) - firstDay + 1);
  for (let day = begin; day < end; day++) {
    const midnight = (firstDay + day) * DAY_MS;
    const isWhole = from <= midnight && midnight + DAY_MS <= to;
    const stop = start[day + 1] ?? 0;
    for (let place = start[day] ?? 0; place < stop; place++) {
      const ordinal = ordinals[place] ?? 0;
      const at = isWhole ? from : (instants[ordinal] ?? 0);
      if (from <= at && at < to) addTo(found, ordinal);
    }
  }
  return found;
}

function factsOf(columns: Columns, counted: Bitset, asOf: number): OrderFacts {
  const { ids, orderOwner, orderedAt, amountMinor, refundOrder, refundMinor, refundAt } = columns;
  const count = new Uint32Array(ids.length);
  const totalMinor = new Float64Array(ids.length);
  const first = new Float64Array(ids.length).fill(Number.POSITIVE_INFINITY);
  for (let order = 0; order < orderedAt.length; order++) {
    if (!isIn(counted, order)) continue;
    const person = orderOwner[order] ?? 0;
    if (count[person] === 0) first[person] = orderedAt[order] ?? 0;
    count[person] = (count[person] ?? 0) + 1;
    totalMinor[person] = (totalMinor[person] ?? 0) + (amountMinor[order] ?? 0);
  }
  for (const [at, order] of refundOrder.entries()) {
    if (!isIn(counted, order) || (refundAt[at] ?? 0) >= asOf) continue;
    const person = orderOwner[order] ?? 0;
    totalMinor[person] = (totalMinor[person] ?? 0) - (refundMinor[at] ?? 0);
  }
  return { count, totalMinor, first };
}
