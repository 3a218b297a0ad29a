import type { ConsentMatch } from "./audience-condition.js";
import {
  type BirthdayCondition,
  type EngagementCondition,
  type OrdersCondition,
  type ProductCondition,
  productKeys,
} from "./condition-schema.js";

// Conditions in words, for `explain`: what was asked, never what anybody is called.

interface Bounds {
  readonly min?: number | undefined;
  readonly max?: number | undefined;
}

const between = (what: string, { min, max }: Bounds) =>
  [min === undefined ? "" : `${min} ≤ `, what, max === undefined ? "" : ` ≤ ${max}`].join("");

const daysAgo = ({ minDays, maxDays }: { readonly minDays: number; readonly maxDays: number }) =>
  `${minDays} … ${maxDays} days ago`;

export function ordersText({ count, totalMinor, firstOrder, averageGapDays, overdue }: OrdersCondition): string {
  return [
    count && between("orders", count),
    totalMinor && between("total in minor units", totalMinor),
    firstOrder && `first order ${daysAgo(firstOrder)}`,
    averageGapDays && between("average gap in days", averageGapDays),
    overdue && `of ${overdue.minOrders} orders or more, later than ${overdue.factor} × the average gap`,
  ]
    .filter(Boolean)
    .join("; ");
}

export function productText(condition: ProductCondition): string {
  const keys = productKeys(condition).flatMap(([kind, list]) => list.map((key) => `${kind}=${key}`));
  const shown = keys.length > 10 ? [...keys.slice(0, 10), `and ${keys.length - 10} more`] : keys;
  const when = condition.within ? ` ${daysAgo(condition.within)}` : "";
  return `${condition.bought ? "bought" : "never bought"} ${shown.join(", ")}${when}`;
}

export function birthdayText({ fromDays, toDays, calendar }: BirthdayCondition): string {
  return `${calendar} birthday ${fromDays} … ${toDays} days ahead`;
}

export function consentText({
  status,
  channel,
  purpose,
}: Pick<ConsentMatch, "status" | "channel" | "purpose">): string {
  return `consent to ${purpose} on ${channel}: ${status}`;
}

export function engagementText({ did, not, withinDays, rules, channel }: EngagementCondition): string {
  return [
    `${not ? "not " : ""}${did}`,
    withinDays === undefined ? "" : ` in the last ${withinDays} days`,
    rules ? ` by rules ${rules.join(", ")}` : "",
    channel === undefined ? "" : ` over ${channel}`,
  ].join("");
}
