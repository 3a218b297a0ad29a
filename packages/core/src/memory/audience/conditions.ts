import type {
  AudienceCondition,
  BirthdayMatch,
  ConsentMatch,
  EngagementMatch,
  Instants,
  OrdersMatch,
  ProductMatch,
  Range,
  ReachableMatch,
} from "../../audience/audience-condition.js";
import type { AudienceQuery } from "../../audience/audience-query.js";
import type { Customer } from "../../customer/customer.js";
import { isRefunded } from "../../customer/order.js";
import { touchOf } from "../../delivery/delivery.js";
import { targetKey } from "../contact/suppression-store.js";
import type { OrderRow } from "../customer/tables.js";
import type { DeliveryRow } from "../delivery/tables.js";
import type { Tables } from "../tables.js";

/** A person with what conditions are asked about. */
export interface Asked {
  readonly tables: Tables;
  readonly query: AudienceQuery;
  readonly customer: Customer;
  /** The person's counted orders, by ascending id. */
  readonly counted: readonly OrderRow[];
  /** Whether window, labels and attributes of a part hold. */
  readonly basic: (part: Pick<AudienceQuery, "window" | "labelGroups" | "attributes">) => boolean;
}

/** Whether a person meets a condition. */
export function meets(asked: Asked, condition: AudienceCondition): boolean {
  switch (condition.kind) {
    case "all":
      return condition.of.every((one) => meets(asked, one));
    case "any":
      return condition.of.some((one) => meets(asked, one));
    case "none":
      return !condition.of.some((one) => meets(asked, one));
    case "basic":
      return asked.basic(condition);
    case "people":
      return condition.customerIds.includes(asked.customer.id);
    case "orders":
      return haveOrders(asked, condition);
    case "products":
      return hasBought(asked, condition) === condition.bought;
    case "birthday":
      return isBornOn(asked.customer.bornOn, condition);
    case "reachable":
      return isReachable(asked, condition);
    case "consent":
      return consentOf(asked, condition) === condition.status;
    case "engagement":
      return happened(asked, condition) !== condition.not;
  }
}

const isIn = (value: number, { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY }: Range) =>
  min <= value && value <= max;
const isWithin = (at: number, { from, to }: Instants) => from <= at && at < to;

function haveOrders({ counted, query }: Asked, match: OrdersMatch): boolean {
  const { asOf } = query.orders;
  const { count, totalMinor, firstOrder, averageGapMs, overdue } = match;
  const instants = counted.map(({ orderedAt }) => orderedAt);
  const [first, last] = [Math.min(...instants), Math.max(...instants)];
  const gaps = counted.length - 1;
  const total = () =>
    counted.reduce((sum, order) => sum + order.amountMinor - (isRefunded(order, asOf) ? order.refundedMinor : 0), 0);
  if (count && !isIn(counted.length, count)) return false;
  if (totalMinor && !isIn(total(), totalMinor)) return false;
  if (firstOrder && !(counted.length > 0 && isWithin(first, firstOrder))) return false;
  if (averageGapMs) {
    const { min = 0, max = Number.POSITIVE_INFINITY } = averageGapMs;
    if (gaps < 1 || last - first < min * gaps || last - first > max * gaps) return false;
  }
  if (!overdue) return true;
  const { factorHundredths, minOrders } = overdue;
  return counted.length >= minOrders && last > first && (asOf - last) * gaps * 100 > factorHundredths * (last - first);
}

function hasBought({ counted }: Asked, { labelIds, window }: ProductMatch): boolean {
  const wanted = new Set(labelIds);
  return counted.some(
    (order) => (!window || isWithin(order.orderedAt, window)) && order.labelIds.some((id) => wanted.has(id)),
  );
}

function isBornOn(bornOn: string | null, { days, dates }: BirthdayMatch): boolean {
  if (bornOn === null) return false;
  const [year, monthDay] = [Number(bornOn.slice(0, 4)), bornOn.slice(5)];
  return (
    dates.includes(bornOn) ||
    days.some(({ bornBefore, monthDays }) => year < bornBefore && monthDays.includes(monthDay))
  );
}

function isReachable({ tables, query, customer }: Asked, { channels }: ReachableMatch): boolean {
  const { tenantId } = query;
  return channels.some(({ name, addressType }) => {
    const address = customer.identities[addressType];
    if (address === undefined) return false;
    const targets = [
      { address, customerId: null },
      { address: null, customerId: customer.id },
    ];
    return [name, "*"].every((channel) =>
      targets.every((target) => {
        const row = tables.suppressionsByTarget.find(targetKey(tenantId, channel, target));
        return row === undefined || row.createdAt >= query.orders.asOf;
      }),
    );
  });
}

function consentOf({ tables, query, customer }: Asked, { channel, purpose }: ConsentMatch): ConsentMatch["status"] {
  const words = tables.consentRecordsByCustomer
    .rows(customer.id)
    .filter(
      (word) =>
        word.tenantId === query.tenantId &&
        word.purpose === purpose &&
        (word.channel === channel || word.channel === "*") &&
        word.at < query.orders.asOf,
    );
  if (words.length === 0) return "unknown";
  const last = (status: string) => Math.max(-1, ...words.filter((word) => word.status === status).map(({ at }) => at));
  return last("granted") > last("withdrawn") ? "granted" : "withdrawn";
}

function happened(asked: Asked, match: EngagementMatch): boolean {
  const { tables, query, customer } = asked;
  const { did, from = Number.NEGATIVE_INFINITY, ruleIds, channel } = match;
  const isThen = (at: number | null) => at !== null && isWithin(at, { from, to: query.orders.asOf });
  const ofPush = ({
    occurrenceId,
    channel: over,
  }: {
    readonly occurrenceId: number | null;
    readonly channel: string;
  }) => {
    const occurrence = occurrenceId === null ? undefined : tables.occurrences.get(occurrenceId);
    return (
      occurrence !== undefined &&
      occurrence.kind !== "test" &&
      (!ruleIds || ruleIds.includes(occurrence.ruleId)) &&
      (channel === undefined || over === channel)
    );
  };
  const deliveries = () =>
    tables.deliveriesByCustomer.rows(customer.id).filter(({ tenantId }) => tenantId === query.tenantId);
  const claimed = () =>
    tables.claimsByCustomer.rows(customer.id).some(({ tenantId, linkId, claimedAt }) => {
      const link = linkId === null ? undefined : tables.links.get(linkId);
      return tenantId === query.tenantId && link !== undefined && ofPush(link) && isThen(claimedAt);
    });
  switch (did) {
    case "sent":
      return deliveries().some((one) => ofPush(one) && isThen(one.acceptedAt));
    case "delivered":
      return deliveries().some((one) => ofPush(one) && one.state === "delivered" && isThen(touchOf(one)));
    case "clicked":
      return (
        claimed() ||
        tables.linksByCustomer
          .rows(customer.id)
          .some((link) => link.tenantId === query.tenantId && ofPush(link) && isThen(link.firstClickedAt))
      );
    case "claimed":
      return claimed();
    case "converted":
      return isCredited(asked, match, deliveries(), ofPush, from);
  }
}

function isCredited(
  { tables, counted }: Asked,
  { windowMs }: EngagementMatch,
  deliveries: readonly DeliveryRow[],
  ofPush: (delivery: DeliveryRow) => boolean,
  from: number,
): boolean {
  const touches = deliveries
    .flatMap((delivery) => {
      const at = touchOf(delivery);
      return at === null || tables.occurrences.get(delivery.occurrenceId)?.kind === "test" ? [] : [{ at, delivery }];
    })
    .sort((a, b) => a.at - b.at || a.delivery.id - b.delivery.id);
  return counted.some(({ orderedAt }) => {
    const last = orderedAt < from ? undefined : touches.findLast(({ at }) => at <= orderedAt);
    return last !== undefined && orderedAt < last.at + windowMs && ofPush(last.delivery);
  });
}
