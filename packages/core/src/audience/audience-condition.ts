import type { IdentityType } from "../customer/customer.js";
import type { AttributeMatch, LabelGroup, OrderWindow } from "./audience-query.js";

/** Integers of a range, both ends in. */
export interface Range {
  /** @default no lower end */
  readonly min?: number;
  /** @default no upper end */
  readonly max?: number;
}

/** Half-open instants [from, to), epoch ms. */
export interface Instants {
  /** The first instant that is in. */
  readonly from: number;
  /** The first instant that is out again. */
  readonly to: number;
}

/** What somebody's counted orders have to be, taken together: all that is given. */
export interface OrdersMatch {
  /** Tells the conditions apart. */
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
  /** Tells the conditions apart. */
  readonly kind: "products";
  /** False: that none does. */
  readonly bought: boolean;
  /** Labels of orders, of which one is enough; may be empty. */
  readonly labelIds: readonly number[];
  /** Only orders of these instants; absent: of any time. */
  readonly window?: Instants;
}

/** Whose day of birth is one of these days. */
export interface BirthdayMatch {
  /** Tells the conditions apart. */
  readonly kind: "birthday";
  /** Ends of the day of birth, `MM-DD`, of people born before the year. */
  readonly days: readonly { readonly bornBefore: number; readonly monthDays: readonly string[] }[];
  /** Whole days of birth, `YYYY-MM-DD`. */
  readonly dates: readonly string[];
}

/** These people, at most 1 000. */
export interface PeopleMatch {
  /** Tells the conditions apart. */
  readonly kind: "people";
  /** Ids; those that nobody has mean nobody. */
  readonly customerIds: readonly number[];
}

/** Who has an address on one of these channels that is suppressed neither by itself nor with its person, as of the query's instant. */
export interface ReachableMatch {
  /** Tells the conditions apart. */
  readonly kind: "reachable";
  /** Channels by name, each with the kind of address that it needs. */
  readonly channels: readonly { readonly name: string; readonly addressType: IdentityType }[];
}

/**
 * What somebody said before the instant of the query of a channel and of all channels (`*`), for a purpose: `granted` when
 * the last grant is later than the last withdrawal, else `withdrawn`; `unknown` without a word.
 */
export interface ConsentMatch {
  /** Tells the conditions apart. */
  readonly kind: "consent";
  /** What it comes to. */
  readonly status: "granted" | "withdrawn" | "unknown";
  /** Name of the channel. */
  readonly channel: string;
  /** What the consent is for. */
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
  /** Tells the conditions apart. */
  readonly kind: "engagement";
  /** What happened. */
  readonly did: "sent" | "delivered" | "clicked" | "claimed" | "converted";
  /** True: it did not happen. */
  readonly not: boolean;
  /** Not before it, epoch ms; absent: ever. */
  readonly from?: number;
  /** Only pushes of these rules. @default of all */
  readonly ruleIds?: readonly number[];
  /** Only pushes on this channel. @default on all */
  readonly channel?: string;
  /** How long an order is credited to a touch. */
  readonly windowMs: number;
}

/** Window, labels and attributes, as in a query of their own. */
export interface BasicMatch {
  /** Tells the conditions apart. */
  readonly kind: "basic";
  /** Where orders have to lie. @default orders do not matter */
  readonly window?: OrderWindow;
  /** Of each group one label is enough. */
  readonly labelGroups: readonly LabelGroup[];
  /** All of them hold. */
  readonly attributes: readonly AttributeMatch[];
}

/** Conditions put together: without parts `all` and `none` hold for everybody, `any` for nobody. */
export interface CompositeMatch {
  /** How its parts are put together. */
  readonly kind: "all" | "any" | "none";
  /** Its parts. */
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
