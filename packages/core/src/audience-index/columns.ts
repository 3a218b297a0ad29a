import type { AudienceOrder, AudienceRow } from "../audience/audience-query.js";

/**
 * People and orders as columns. People are numbered by ascending id, orders by person and instant; these numbers, ordinals, are
 * what everything else is made of. A list of lists is two arrays: where each list begins (and the last one ends), and the lists
 * one after the other.
 */
export interface Columns {
  /** Ids of people, ascending. */
  readonly ids: Float64Array;
  /** Days of birth as `YYYYMMDD`; 0: nobody knows. */
  readonly bornOn: Int32Array;
  /** Where the orders of each person begin. */
  readonly orderStart: Uint32Array;
  /** Whose each order is. */
  readonly orderOwner: Uint32Array;
  /** Instants of orders. */
  readonly orderedAt: Float64Array;
  /** Amounts of orders in minor units. */
  readonly amountMinor: Float64Array;
  /** Number of the status of each order in `statuses`. */
  readonly status: Uint8Array;
  /** Orders of which something was given back, ascending. */
  readonly refundOrder: Uint32Array;
  /** What was given back of them, in minor units. */
  readonly refundMinor: Float64Array;
  /** When; -Infinity: from the start. */
  readonly refundAt: Float64Array;
  /** Ids of labels, ascending. */
  readonly labelIds: Float64Array;
  /** Where the people of each label begin. */
  readonly labelPeopleStart: Uint32Array;
  /** People of labels, ascending within each. */
  readonly labelPeople: Uint32Array;
  /** Where the orders of each label begin. */
  readonly labelOrdersStart: Uint32Array;
  /** Orders of labels, ascending within each. */
  readonly labelOrders: Uint32Array;
  /** Whose each of these orders is: read one after the other, which is many times as fast as by the order. */
  readonly labelBuyers: Uint32Array;
  /** Statuses that orders have. */
  readonly statuses: readonly string[];
  /** The latest instant at which anything of an order happened; -Infinity without orders. */
  readonly latestAt: number;
}

/** Statuses are numbers of one byte. */
const MOST_STATUSES = 255;

type Numbers = Float64Array | Int32Array | Uint32Array | Uint8Array;

/** A typed array that grows. */
function growing<A extends Numbers>(make: (size: number) => A) {
  let values = make(1024);
  let size = 0;
  return {
    size: () => size,
    bytes: () => values.byteLength,
    push(value: number) {
      if (size === values.length) {
        const larger = make(size * 2);
        larger.set(values);
        values = larger;
      }
      values[size++] = value;
    },
    at: (index: number) => values[index] ?? 0,
    // The same type as `make` gives.
    taken: () => values.slice(0, size) as A,
  };
}

const float64 = () => growing((size) => new Float64Array(size));
const uint32 = () => growing((size) => new Uint32Array(size));

/** Makes columns of rows that come by ascending id. */
export function columnsBuilder() {
  const ids = float64();
  const bornOn = growing((size) => new Int32Array(size));
  const orderStart = uint32();
  const orderOwner = uint32();
  const orderedAt = float64();
  const amountMinor = float64();
  const status = growing((size) => new Uint8Array(size));
  const refundOrder = uint32();
  const refundMinor = float64();
  const refundAt = float64();
  // Pairs of a label, numbered as they come, and a person or an order.
  const personPairs = { label: uint32(), of: uint32() };
  const orderPairs = { label: uint32(), of: uint32() };
  const numberOfLabel = new Map<number, number>();
  const statusNumbers = new Map<string, number>();
  let latestAt = Number.NEGATIVE_INFINITY;
  const all = [
    ...[ids, bornOn, orderStart, orderOwner, orderedAt, amountMinor, status, refundOrder, refundMinor, refundAt],
    ...[personPairs.label, personPairs.of, orderPairs.label, orderPairs.of],
  ];

  function labelNumber(id: number): number {
    const number = numberOfLabel.get(id) ?? numberOfLabel.size;
    numberOfLabel.set(id, number);
    return number;
  }

  function addOrder(order: AudienceOrder, owner: number): void {
    const ordinal = orderedAt.size();
    orderOwner.push(owner);
    orderedAt.push(order.orderedAt);
    amountMinor.push(order.amountMinor);
    const number = statusNumbers.get(order.status) ?? statusNumbers.size;
    statusNumbers.set(order.status, number);
    status.push(number);
    latestAt = Math.max(latestAt, order.orderedAt);
    if (order.refundedMinor !== 0) {
      refundOrder.push(ordinal);
      refundMinor.push(order.refundedMinor);
      refundAt.push(order.refundedAt ?? Number.NEGATIVE_INFINITY);
      latestAt = Math.max(latestAt, order.refundedAt ?? Number.NEGATIVE_INFINITY);
    }
    for (const id of order.labelIds) {
      orderPairs.label.push(labelNumber(id));
      orderPairs.of.push(ordinal);
    }
  }

  return {
    /** Bytes that are held while columns are made. */
    bytes: () => all.reduce((sum, one) => sum + one.bytes(), 0),
    add({ customerId, bornOn: day, labelIds, orders }: AudienceRow): void {
      const person = ids.size();
      ids.push(customerId);
      bornOn.push(day === null ? 0 : Number(day.replaceAll("-", "")));
      orderStart.push(orderedAt.size());
      for (const id of labelIds) {
        personPairs.label.push(labelNumber(id));
        personPairs.of.push(person);
      }
      for (const order of orders.toSorted((a, b) => a.orderedAt - b.orderedAt)) addOrder(order, person);
    },
    /** Undefined: there are more statuses than a byte can number. */
    finish(): Columns | undefined {
      if (statusNumbers.size > MOST_STATUSES) return undefined;
      orderStart.push(orderedAt.size());
      const labelIds = Float64Array.from(numberOfLabel.keys()).sort();
      const places = new Uint32Array(numberOfLabel.size);
      for (const [place, id] of labelIds.entries()) places[numberOfLabel.get(id) ?? 0] = place;
      const people = listsOf(personPairs, places);
      const orders = listsOf(orderPairs, places);
      return {
        ids: ids.taken(),
        bornOn: bornOn.taken(),
        orderStart: orderStart.taken(),
        orderOwner: orderOwner.taken(),
        orderedAt: orderedAt.taken(),
        amountMinor: amountMinor.taken(),
        status: status.taken(),
        refundOrder: refundOrder.taken(),
        refundMinor: refundMinor.taken(),
        refundAt: refundAt.taken(),
        labelIds,
        labelPeopleStart: people.start,
        labelPeople: people.lists,
        labelOrdersStart: orders.start,
        labelOrders: orders.lists,
        labelBuyers: orders.lists.map((order) => orderOwner.at(order)),
        statuses: [...statusNumbers.keys()],
        latestAt,
      };
    },
  };
}

type Pairs = { readonly label: ReturnType<typeof uint32>; readonly of: ReturnType<typeof uint32> };

/** Sorts pairs by label, which keeps the order that they came in within each. */
function listsOf(pairs: Pairs, places: Uint32Array): { readonly start: Uint32Array; readonly lists: Uint32Array } {
  const size = pairs.of.size();
  const start = new Uint32Array(places.length + 1);
  for (let at = 0; at < size; at++) {
    const next = (places[pairs.label.at(at)] ?? 0) + 1;
    start[next] = (start[next] ?? 0) + 1;
  }
  for (let at = 1; at < start.length; at++) start[at] = (start[at] ?? 0) + (start[at - 1] ?? 0);
  const free = start.slice();
  const lists = new Uint32Array(size);
  for (let at = 0; at < size; at++) {
    const place = places[pairs.label.at(at)] ?? 0;
    const to = free[place] ?? 0;
    lists[to] = pairs.of.at(at);
    free[place] = to + 1;
  }
  return { start, lists };
}

/** Where a value stands in an ascending array; undefined: nowhere. */
export function placeOf(values: Float64Array, value: number): number | undefined {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((values[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return values[low] === value ? low : undefined;
}

/** The arrays of columns, by name. */
export function arraysOf(columns: Columns): Readonly<Record<string, Numbers>> {
  const { statuses: _, latestAt: __, ...arrays } = columns;
  return arrays;
}

export function bytesOf(columns: Columns): number {
  return Object.values(arraysOf(columns)).reduce((sum, one) => sum + one.byteLength, 0);
}

/** Rows again, by ascending id, of people who are not left out. */
export function* rowsOf(columns: Columns, isLeftOut: (person: number) => boolean): Generator<AudienceRow> {
  const ofPeople = valuesOf(columns.ids.length, columns.labelPeopleStart, columns.labelPeople, columns.labelIds);
  const ofOrders = valuesOf(columns.orderedAt.length, columns.labelOrdersStart, columns.labelOrders, columns.labelIds);
  let refund = 0;
  for (const [person, customerId] of columns.ids.entries()) {
    const orders: AudienceOrder[] = [];
    const end = columns.orderStart[person + 1] ?? 0;
    for (let order = columns.orderStart[person] ?? 0; order < end; order++) {
      const isRefunded = columns.refundOrder[refund] === order;
      const at = isRefunded ? (columns.refundAt[refund] ?? 0) : 0;
      orders.push({
        orderedAt: columns.orderedAt[order] ?? 0,
        status: columns.statuses[columns.status[order] ?? 0] ?? "",
        amountMinor: columns.amountMinor[order] ?? 0,
        refundedMinor: isRefunded ? (columns.refundMinor[refund] ?? 0) : 0,
        refundedAt: isRefunded && at !== Number.NEGATIVE_INFINITY ? at : null,
        labelIds: ofOrders(order),
      });
      if (isRefunded) refund += 1;
    }
    if (isLeftOut(person)) continue;
    const born = String(columns.bornOn[person] ?? 0).padStart(8, "0");
    yield {
      customerId,
      bornOn: columns.bornOn[person] === 0 ? null : `${born.slice(0, 4)}-${born.slice(4, 6)}-${born.slice(6)}`,
      labelIds: ofPeople(person),
      orders,
    };
  }
}

/** Lists the other way round: the values of each ordinal. */
function valuesOf(
  size: number,
  start: Uint32Array,
  lists: Uint32Array,
  values: Float64Array,
): (ordinal: number) => readonly number[] {
  const begin = new Uint32Array(size + 1);
  for (const ordinal of lists) begin[ordinal + 1] = (begin[ordinal + 1] ?? 0) + 1;
  for (let at = 1; at < begin.length; at++) begin[at] = (begin[at] ?? 0) + (begin[at - 1] ?? 0);
  const free = begin.slice();
  const turned = new Uint32Array(lists.length);
  for (let label = 0; label < values.length; label++)
    for (let at = start[label] ?? 0; at < (start[label + 1] ?? 0); at++) {
      const ordinal = lists[at] ?? 0;
      const to = free[ordinal] ?? 0;
      turned[to] = label;
      free[ordinal] = to + 1;
    }
  return (ordinal) => Array.from(turned.subarray(begin[ordinal], begin[ordinal + 1]), (label) => values[label] ?? 0);
}
