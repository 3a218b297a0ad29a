import type { CountedOrders } from "../audience/audience-query.js";
import { addTo, type Bitset, bitset, isIn } from "./bitset.js";
import type { Columns } from "./columns.js";

/** Which orders count as of an instant, and what follows for people. */
export interface View {
  /** Orders that count. */
  readonly counted: Bitset;
  /** Instant of the last counted order of each person; -Infinity: there is none. */
  readonly last: Float64Array;
  /** People with a counted order, by the UTC day of their last one. */
  readonly people: Uint32Array;
  /** Where the people of each day begin, from `firstDay` on. */
  readonly dayStart: Uint32Array;
  readonly firstDay: number;
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
  let known: OrderFacts | undefined;
  const days = byDay(last);
  return {
    counted,
    last,
    ...days,
    facts() {
      known ??= factsOf(columns, counted, asOf);
      return known;
    },
    bytes: () =>
      counted.byteLength +
      last.byteLength +
      days.people.byteLength +
      days.dayStart.byteLength +
      (known ? known.count.byteLength + known.totalMinor.byteLength + known.first.byteLength : 0),
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

function byDay(last: Float64Array): Pick<View, "people" | "dayStart" | "firstDay"> {
  let [earliest, latest, size] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
  for (const at of last) {
    if (at === Number.NEGATIVE_INFINITY) continue;
    earliest = Math.min(earliest, at);
    latest = Math.max(latest, at);
    size += 1;
  }
  if (size === 0) return { people: new Uint32Array(0), dayStart: new Uint32Array(1), firstDay: 0 };
  const firstDay = Math.floor(earliest / DAY_MS);
  const dayStart = new Uint32Array(Math.floor(latest / DAY_MS) - firstDay + 2);
  const dayOf = (at: number) => Math.floor(at / DAY_MS) - firstDay;
  for (const at of last)
    if (at !== Number.NEGATIVE_INFINITY) dayStart[dayOf(at) + 1] = (dayStart[dayOf(at) + 1] ?? 0) + 1;
  for (let day = 1; day < dayStart.length; day++) dayStart[day] = (dayStart[day] ?? 0) + (dayStart[day - 1] ?? 0);
  const free = dayStart.slice();
  const people = new Uint32Array(size);
  for (const [person, at] of last.entries()) {
    if (at === Number.NEGATIVE_INFINITY) continue;
    const to = free[dayOf(at)] ?? 0;
    people[to] = person;
    free[dayOf(at)] = to + 1;
  }
  return { people, dayStart, firstDay };
}

/** People whose last counted order lies in [from, to): whole days of a range, and those of the days at its ends one by one. */
export function lastWithin({ last, people, dayStart, firstDay }: View, from: number, to: number): Bitset {
  const found = bitset(last.length);
  const days = dayStart.length - 1;
  const begin = Math.max(0, Math.floor(from / DAY_MS) - firstDay);
  const end = Math.min(days, Math.floor((to - 1) / DAY_MS) - firstDay + 1);
  if (begin >= end) return found;
  for (let at = dayStart[begin] ?? 0; at < (dayStart[end] ?? 0); at++) {
    const person = people[at] ?? 0;
    const instant = last[person] ?? 0;
    if (from <= instant && instant < to) addTo(found, person);
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
