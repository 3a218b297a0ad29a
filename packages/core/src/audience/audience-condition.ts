import type { IdentityType } from "../customer/customer.js";
import type { AttributeMatch, LabelGroup, OrderWindow } from "./audience-query.js";

/** Integers of a range, both ends in. */
export interface Range {
  readonly min?: number;
  readonly max?: number;
}

/** Half-open instants [from, to), epoch ms. */
export interface Instants {
  readonly from: number;
  readonly to: number;
}

/** What somebody's counted orders have to be, taken together: all that is given. */
export interface OrdersMatch {
  readonly kind: "orders";
  /** How many there are. */
  readonly count?: Range;
  /** Their amounts less what was given back before the instant of the query, in minor units. */
  readonly totalMinor?: Range;
  /** Where the first one lies; without orders there is none. */
  readonly firstOrder?: Instants;
  /** (Last − first) ÷ (count − 1) in ms; needs two orders. */
  readonly averageGapMs?: Range;
  /**
   * At least `minOrders`, the last later than the first, and (instant of the query − last) × (count − 1) × 100 is more than
   * `factorHundredths` × (last − first).
   */
  readonly overdue?: { readonly factorHundredths: number; readonly minOrders: number };
}

/** That a counted order with one of these labels exists, or that none does. */
export interface ProductMatch {
  readonly kind: "products";
  readonly bought: boolean;
  /** Labels of orders, of which one is enough; may be empty. */
  readonly labelIds: readonly number[];
  /** Only orders of these instants; absent: of any time. */
  readonly window?: Instants;
}

/** Whose day of birth is one of these days. */
export interface BirthdayMatch {
  readonly kind: "birthday";
  /** Ends of the day of birth, `MM-DD`, of people born before the year. */
  readonly days: readonly { readonly bornBefore: number; readonly monthDays: readonly string[] }[];
  /** Whole days of birth, `YYYY-MM-DD`. */
  readonly dates: readonly string[];
}

/** These people, at most 1 000. */
export interface PeopleMatch {
  readonly kind: "people";
  readonly customerIds: readonly number[];
}

/** Who has an address on one of these channels that is suppressed neither by itself nor with its person, as of the query's instant. */
export interface ReachableMatch {
  readonly kind: "reachable";
  readonly channels: readonly { readonly name: string; readonly addressType: IdentityType }[];
}

/**
 * What somebody said before the instant of the query of a channel and of all channels (`*`), for a purpose: `granted` when
 * the last grant is later than the last withdrawal, else `withdrawn`; `unknown` without a word.
 */
export interface ConsentMatch {
  readonly kind: "consent";
  readonly status: "granted" | "withdrawn" | "unknown";
  readonly channel: string;
  readonly purpose: string;
}

/**
 * What pushes came to with somebody, before the instant of the query; occurrences of kind `test` are no pushes.
 *
 * `sent`: `acceptedAt`; `delivered`: in the state `delivered`, when touched; `clicked`: the first click of a personal link, or a
 * claim by a link of a push; `claimed`: that claim; `converted`: a counted order whose newest touch is such a delivery, less
 * than `windowMs` after it, at the instant of the order.
 */
export interface EngagementMatch {
  readonly kind: "engagement";
  readonly did: "sent" | "delivered" | "clicked" | "claimed" | "converted";
  /** True: it did not happen. */
  readonly not: boolean;
  /** Not before it, epoch ms; absent: ever. */
  readonly from?: number;
  readonly ruleIds?: readonly number[];
  readonly channel?: string;
  /** How long an order is credited to a touch. */
  readonly windowMs: number;
}

/** Window, labels and attributes, as in a query of their own. */
export interface BasicMatch {
  readonly kind: "basic";
  readonly window?: OrderWindow;
  readonly labelGroups: readonly LabelGroup[];
  readonly attributes: readonly AttributeMatch[];
}

/** Conditions put together: without parts `all` and `none` hold for everybody, `any` for nobody. */
export interface CompositeMatch {
  readonly kind: "all" | "any" | "none";
  readonly of: readonly AudienceCondition[];
}

/** A condition of an audience. */
export type AudienceCondition =
  | OrdersMatch
  | ProductMatch
  | BirthdayMatch
  | PeopleMatch
  | ReachableMatch
  | ConsentMatch
  | EngagementMatch
  | BasicMatch
  | CompositeMatch;
