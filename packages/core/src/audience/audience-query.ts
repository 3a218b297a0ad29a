import type { IdentityType } from "../customer/customer.js";
import type { AudienceCondition } from "./audience-condition.js";

/** Orders that exist and count, as an engine sees them. */
export interface CountedOrders {
  /** Orders at or after this instant do not exist; epoch ms. */
  readonly asOf: number;
  /** Statuses that count; an order that is refunded in full before `asOf` never does. */
  readonly statuses: readonly string[];
}

/** Labels of one group are joined by OR. Customer labels are looked up on the person, order labels on a counted order (inside the window, if one is set). */
export interface LabelGroup {
  /** Labels of the person of which one is enough; may be empty. */
  readonly customerLabelIds: readonly number[];
  /** Labels of a counted order of which one is enough; may be empty. */
  readonly orderLabelIds: readonly number[];
}

/**
 * What one attribute of a person has to be. Texts and days are compared bytewise, truth values are 1 and 0.
 *
 * A value that is missing matches `isSet: false` only.
 */
export interface AttributeMatch {
  /** No attribute has the id 0: it matches nobody. */
  readonly attributeId: number;
  /** False: the person has no such value; the other fields are absent then. */
  readonly isSet: boolean;
  /** The value is one of these, all of one type; at least one. */
  readonly values?: readonly (string | number)[];
  /** The value is not below it; a number or a day. */
  readonly min?: string | number;
  /** The value is not above it, of the type of `min`. */
  readonly max?: string | number;
}

/** Where orders have to lie: half-open instants [from, to). */
export interface OrderWindow {
  /** The first instant. */
  readonly from: number;
  /** The first one behind it. */
  readonly to: number;
  /** `last-order`: the newest counted order lies in it; `any-order`: some counted order does. */
  readonly recency: "last-order" | "any-order";
}

/**
 * A segment resolved for one instant: what the engines run.
 *
 * A customer is in when the window holds (if set) and every label group, attribute and condition matches. A group without ids matches nobody.
 */
export interface AudienceQuery {
  /** The merchant whose people are meant. */
  readonly tenantId: number;
  /** Which orders count. */
  readonly orders: CountedOrders;
  /** Half-open instants [from, to) of the window; absent: no window. */
  readonly window?: OrderWindow;
  /** Groups of labels that must all hold; within a group one label is enough. */
  readonly labelGroups: readonly LabelGroup[];
  /** All of them must hold. @default none */
  readonly attributes?: readonly AttributeMatch[];
  /** What else must hold, all of it. @default none */
  readonly conditions?: readonly AudienceCondition[];
  /** Only these people, at most 1 000; absent: everybody whom the rest lets in. */
  readonly customerIds?: readonly number[];
  /** Only people who have an identity of this type. */
  readonly reachableBy?: IdentityType;
}

/** One member of an audience. */
export interface AudienceMember {
  /** The person's id. */
  readonly customerId: number;
  /** The person's key of import. */
  readonly externalKey: string;
}

/** What an index in memory holds of one person. */
export interface AudienceRow {
  /** The person's id. */
  readonly customerId: number;
  /** Day of birth `YYYY-MM-DD`; null: nobody knows. */
  readonly bornOn: string | null;
  /** Labels of the person; order is free. */
  readonly labelIds: readonly number[];
  /** The person's orders, whatever their status; order is free. */
  readonly orders: readonly AudienceOrder[];
}

/** What an index in memory holds of one order. */
export interface AudienceOrder {
  /** Instant of the order, epoch ms. */
  readonly orderedAt: number;
  /** Its status, which counts or not. */
  readonly status: string;
  /** Amount in minor units. */
  readonly amountMinor: number;
  /** What was given back, in minor units. */
  readonly refundedMinor: number;
  /** When it was given back, epoch ms; null: from the start. */
  readonly refundedAt: number | null;
  /** Labels of the order, each once; order is free. */
  readonly labelIds: readonly number[];
}

/** What `explain` reads about one person. */
export interface CustomerFacts {
  /** Counted orders before `asOf`. */
  readonly orderCount: number;
  /** Instant of the first counted order, in ms since the epoch; null without one. */
  readonly firstOrderAt: number | null;
  /** Instant of the last counted order, in ms since the epoch; null without one. */
  readonly lastOrderAt: number | null;
}
