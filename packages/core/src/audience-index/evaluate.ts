import type {
  AudienceCondition,
  BasicMatch,
  BirthdayMatch,
  OrdersMatch,
  ProductMatch,
  Range,
} from "../audience/audience-condition.js";
import type { AudienceQuery, LabelGroup } from "../audience/audience-query.js";
import { addAll, addTo, type Bitset, bitset, fullBitset, isIn, keepOnly, ordinalsOf, takeOut } from "./bitset.js";
import { type Columns, placeOf } from "./columns.js";
import type { View } from "./view.js";

/** Columns with what their orders come to. */
export interface Asked {
  readonly columns: Columns;
  readonly view: View;
  /** Instant of the question, epoch ms. */
  readonly asOf: number;
}

/** Whether an index knows all that a query asks about; else the store has to be asked. */
export function isAnswered({ attributes = [], conditions = [], reachableBy }: AudienceQuery): boolean {
  return attributes.length === 0 && reachableBy === undefined && conditions.every(isKnown);
}

function isKnown(condition: AudienceCondition): boolean {
  switch (condition.kind) {
    case "all":
    case "any":
    case "none":
      return condition.of.every(isKnown);
    case "basic":
      return condition.attributes.length === 0;
    case "reachable":
    case "consent":
    case "engagement":
      return false;
    default:
      return true;
  }
}

/** People whom a query means, of the parts that {@link isAnswered} takes. */
export function membersOf(asked: Asked, { window, labelGroups, conditions = [], customerIds }: AudienceQuery): Bitset {
  const found = basicMembers(asked, { window, labelGroups });
  if (customerIds) keepOnly(found, named(asked, customerIds));
  for (const one of conditions) keepOnly(found, holdersOf(asked, one));
  return found;
}

function holdersOf(asked: Asked, condition: AudienceCondition): Bitset {
  const { columns } = asked;
  switch (condition.kind) {
    case "all": {
      const found = fullBitset(columns.ids.length);
      for (const one of condition.of) keepOnly(found, holdersOf(asked, one));
      return found;
    }
    case "any":
      return unionOf(asked, condition.of);
    case "none":
      return takeOut(fullBitset(columns.ids.length), unionOf(asked, condition.of));
    case "basic":
      return basicMembers(asked, condition);
    case "people":
      return named(asked, condition.customerIds);
    case "orders":
      return withOrders(asked, condition);
    case "products":
      return buyersOf(asked, condition);
    case "birthday":
      return bornOn(asked, condition);
    default:
      throw new TypeError(`an index does not know ${condition.kind}`);
  }
}

function unionOf(asked: Asked, parts: readonly AudienceCondition[]): Bitset {
  const found = bitset(asked.columns.ids.length);
  for (const one of parts) addAll(found, holdersOf(asked, one));
  return found;
}

function named({ columns }: Asked, customerIds: readonly number[]): Bitset {
  const found = bitset(columns.ids.length);
  for (const id of customerIds) {
    const person = placeOf(columns.ids, id);
    if (person !== undefined) addTo(found, person);
  }
  return found;
}

function basicMembers(
  asked: Asked,
  {
    window,
    labelGroups,
  }: { readonly window?: BasicMatch["window"] | undefined; readonly labelGroups: readonly LabelGroup[] },
): Bitset {
  const found = window ? peopleOfWindow(asked, window) : fullBitset(asked.columns.ids.length);
  for (const group of labelGroups) keepOnly(found, holdersOfGroup(asked, group, window, found));
  return found;
}

function peopleOfWindow({ columns, view }: Asked, { from, to, recency }: NonNullable<BasicMatch["window"]>): Bitset {
  if (recency === "last-order") return view.lastWithin(from, to);
  const found = bitset(columns.ids.length);
  for (const order of ordinalsOf(view.ordersWithin(from, to))) addTo(found, columns.orderOwner[order] ?? 0);
  return found;
}

/** @param among people whom the rest of the part means */
function holdersOfGroup(asked: Asked, group: LabelGroup, window: Instants | undefined, among: Bitset): Bitset {
  const { columns } = asked;
  const found = bitset(columns.ids.length);
  for (const id of group.customerLabelIds) {
    const people = peopleOf(columns, id);
    for (let at = 0; at < people.length; at++) addTo(found, people[at] ?? 0);
  }
  for (const id of group.orderLabelIds) addBuyers(asked, found, id, window, among);
  return found;
}

interface Instants {
  readonly from: number;
  readonly to: number;
}

/** People who have a label themselves, ascending. */
export function peopleOf({ labelIds, labelPeopleStart, labelPeople }: Columns, labelId: number): Uint32Array {
  const place = placeOf(labelIds, labelId);
  return place === undefined
    ? labelPeople.subarray(0, 0)
    : labelPeople.subarray(labelPeopleStart[place], labelPeopleStart[place + 1]);
}

/** Orders that have a label, ascending. */
export function ordersOf({ labelIds, labelOrdersStart, labelOrders }: Columns, labelId: number): Uint32Array {
  const place = placeOf(labelIds, labelId);
  return place === undefined
    ? labelOrders.subarray(0, 0)
    : labelOrders.subarray(labelOrdersStart[place], labelOrdersStart[place + 1]);
}

/** Adds people with a counted order of a label. @param among nobody else is looked at. @default everybody */
function addBuyers(
  { columns, view }: Asked,
  found: Bitset,
  labelId: number,
  window: Instants | undefined,
  among?: Bitset,
): void {
  const { labelIds, labelOrdersStart, labelOrders, labelBuyers } = columns;
  const place = placeOf(labelIds, labelId);
  if (place === undefined) return;
  const meant = window ? view.ordersWithin(window.from, window.to) : view.counted;
  const end = labelOrdersStart[place + 1] ?? 0;
  for (let at = labelOrdersStart[place] ?? 0; at < end; at++) {
    const person = labelBuyers[at] ?? 0;
    if (among && !isIn(among, person)) continue;
    if (isIn(meant, labelOrders[at] ?? 0)) addTo(found, person);
  }
}

function buyersOf(asked: Asked, { bought, labelIds, window }: ProductMatch): Bitset {
  const found = bitset(asked.columns.ids.length);
  for (const id of labelIds) addBuyers(asked, found, id, window);
  return bought ? found : takeOut(fullBitset(asked.columns.ids.length), found);
}

function withOrders({ columns, view, asOf }: Asked, match: OrdersMatch): Bitset {
  const facts = view.facts();
  const { averageGapMs, firstOrder, overdue } = match;
  const { min: leastGap = 0, max: mostGap = Number.POSITIVE_INFINITY } = averageGapMs ?? {};
  const found = bitset(columns.ids.length);
  for (let person = 0; person < columns.ids.length; person++) {
    const count = facts.count[person] ?? 0;
    const first = facts.first[person] ?? 0;
    const last = view.last[person] ?? 0;
    const gaps = count - 1;
    const isMeant =
      isInRange(count, match.count) &&
      isInRange(facts.totalMinor[person] ?? 0, match.totalMinor) &&
      (!firstOrder || (count > 0 && firstOrder.from <= first && first < firstOrder.to)) &&
      (!averageGapMs || (gaps > 0 && last - first >= leastGap * gaps && last - first <= mostGap * gaps)) &&
      (!overdue ||
        (count >= overdue.minOrders &&
          last > first &&
          (asOf - last) * gaps * 100 > overdue.factorHundredths * (last - first)));
    if (isMeant) addTo(found, person);
  }
  return found;
}

function isInRange(value: number, range: Range | undefined): boolean {
  if (!range) return true;
  return (range.min ?? Number.NEGATIVE_INFINITY) <= value && value <= (range.max ?? Number.POSITIVE_INFINITY);
}

function bornOn({ columns }: Asked, { days, dates }: BirthdayMatch): Bitset {
  const whole = new Set(dates.map((date) => Number(date.replaceAll("-", ""))));
  const before = days.map(({ bornBefore, monthDays }) => ({
    bornBefore,
    monthDays: new Set(monthDays.map((day) => Number(day.replace("-", "")))),
  }));
  const found = bitset(columns.ids.length);
  for (let person = 0; person < columns.ids.length; person++) {
    const day = columns.bornOn[person] ?? 0;
    if (day === 0) continue;
    const year = Math.floor(day / 10_000);
    const isMeant =
      whole.has(day) || before.some(({ bornBefore, monthDays }) => year < bornBefore && monthDays.has(day % 10_000));
    if (isMeant) addTo(found, person);
  }
  return found;
}
