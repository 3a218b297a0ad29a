import type { MARKETING_PURPOSE } from "../contact/consent.js";
import type { Sentence } from "../language.js";
import { addDays, localDateOf, startOfDay } from "../local-time.js";
import { withoutUndefined } from "../without-nulls.js";
import type { AudienceCondition, Range } from "./audience-condition.js";
import type { Known } from "./compile-segment.js";
import {
  type EngagementCondition,
  type OrdersCondition,
  type ProductCondition,
  productKeys,
} from "./condition-schema.js";
import {
  birthdayText,
  channelsText,
  consentText,
  customersText,
  engagementText,
  ordersText,
  productText,
} from "./condition-text.js";
import { windowInstants } from "./days-ago.js";
import type { Segment } from "./segment.js";

/** Names of the conditions beside window, labels and attributes, as previews and explanations say them. */
export type ConditionName =
  | "orders"
  | "products"
  | "birthday"
  | "customers"
  | "channels"
  | "consents"
  | "engagement"
  | "saved"
  | "all"
  | "any"
  | "none";

/** One condition of a segment. */
export interface ConditionPart {
  readonly name: ConditionName;
  readonly condition: AudienceCondition;
  /** What it asks for, for people. */
  readonly text: Sentence;
}

const DAY_MS = 86_400_000;
const MARKETING: typeof MARKETING_PURPOSE = "marketing";
/** As long as reports credit an order to a message unless they are asked otherwise. */
const WINDOW_MS = 7 * DAY_MS;

const EVERYBODY: AudienceCondition = { kind: "all", of: [] };
const NOBODY: AudienceCondition = { kind: "any", of: [] };

/** The conditions of a segment beside window, labels and attributes, in the order of its fields. */
export function conditionParts(segment: Segment, known: Known, negated: boolean): readonly ConditionPart[] {
  const { orders, products = [], birthday, customers, reachable, consents = [], engagement = [] } = segment;
  const { context } = known;
  const parts: ConditionPart[] = [];
  if (orders) parts.push({ name: "orders", condition: ordersMatch(orders, known), text: ordersText(orders) });
  for (const one of products)
    parts.push({ name: "products", condition: productMatch(one, known, negated), text: productText(one) });
  const match = birthday && known.birthdays.get(birthday);
  if (match) parts.push({ name: "birthday", condition: match, text: birthdayText(birthday) });
  if (customers) {
    const ids = customers.flatMap((key) => known.customers.get(key)?.id ?? []);
    const condition = { kind: "people" as const, customerIds: [...new Set(ids)] };
    parts.push({ name: "customers", condition, text: customersText(customers) });
  }
  if (reachable)
    parts.push({
      name: "channels",
      condition: reachableMatch(reachable, known, negated),
      text: channelsText(reachable),
    });
  for (const one of consents) {
    const { status, channel = "*", purpose = MARKETING } = one;
    const condition = { kind: "consent" as const, status, channel, purpose };
    parts.push({ name: "consents", condition, text: consentText(condition) });
  }
  for (const one of engagement)
    parts.push({ name: "engagement", condition: engagementMatch(one, context), text: engagementText(one) });
  return parts;
}

function ordersMatch(orders: OrdersCondition, { context }: Known): AudienceCondition {
  const { count, totalMinor, firstOrder, averageGapDays, overdue } = orders;
  return {
    kind: "orders",
    ...(count && { count: rangeOf(count) }),
    ...(totalMinor && { totalMinor: rangeOf(totalMinor) }),
    ...(firstOrder && { firstOrder: windowInstants(firstOrder, context.asOf, context.timeZone) }),
    ...(averageGapDays && { averageGapMs: rangeOf(averageGapDays, DAY_MS) }),
    ...(overdue && {
      overdue: { factorHundredths: Math.round(overdue.factor * 100), minOrders: overdue.minOrders },
    }),
  };
}

function rangeOf(
  { min, max }: { readonly min?: number | undefined; readonly max?: number | undefined },
  unit = 1,
): Range {
  const at = (bound: number | undefined) => (bound === undefined ? undefined : Math.round(bound * unit));
  return withoutUndefined({ min: at(min), max: at(max) }) as Range;
}

function productMatch(condition: ProductCondition, known: Known, negated: boolean): AudienceCondition {
  const { bought, within } = condition;
  const labels = productKeys(condition).flatMap(([kind, keys]) => keys.map((key) => known.label(kind, key)));
  const isUnsure = labels.some((label) => label === undefined);
  if (isUnsure && negated === bought) return negated ? EVERYBODY : NOBODY;
  const { asOf, timeZone } = known.context;
  return {
    kind: "products",
    bought,
    labelIds: [...new Set(labels.flatMap((label) => label?.id ?? []))],
    ...(within && { window: windowInstants(within, asOf, timeZone) }),
  };
}

function reachableMatch(names: readonly string[], { addressTypes }: Known, negated: boolean): AudienceCondition {
  const channels = [...new Set(names)].flatMap((name) => {
    const addressType = addressTypes.get(name);
    return addressType ? [{ name, addressType }] : [];
  });
  if (negated && names.some((name) => !addressTypes.has(name))) return EVERYBODY;
  return { kind: "reachable", channels };
}

function engagementMatch(
  { did, not, withinDays, rules, channel }: EngagementCondition,
  { asOf, timeZone }: Known["context"],
): AudienceCondition {
  const today = localDateOf(asOf, timeZone);
  return {
    kind: "engagement",
    did,
    not,
    ...(withinDays !== undefined && { from: startOfDay(addDays(today, -withinDays), timeZone) }),
    ...(rules && { ruleIds: [...new Set(rules)] }),
    ...(channel !== undefined && { channel }),
    windowMs: WINDOW_MS,
  };
}
