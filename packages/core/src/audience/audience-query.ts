import type { IdentityType } from "../customer/customer.js";

/** Orders that exist and count, as an engine sees them. */
export interface CountedOrders {
  /** Orders at or after this instant do not exist; epoch ms. */
  readonly asOf: number;
  /** Statuses that count; an order that is refunded in full before `asOf` never does. */
  readonly statuses: readonly string[];
}

/** Labels of one group are joined by OR. Customer labels are looked up on the person, order labels on a counted order (inside the window, if one is set). */
export interface LabelGroup {
  readonly customerLabelIds: readonly number[];
  readonly orderLabelIds: readonly number[];
}

/**
 * A segment resolved for one instant: what the engines run.
 *
 * A customer is in when the window holds (if set) and every label group matches. A group without ids matches nobody.
 */
export interface AudienceQuery {
  readonly tenantId: number;
  readonly orders: CountedOrders;
  /** Half-open instants [from, to) of the window; absent: no window. */
  readonly window?: { readonly from: number; readonly to: number; readonly recency: "last-order" | "any-order" };
  readonly labelGroups: readonly LabelGroup[];
  /** Only these people, at most 1 000; absent: everybody whom the rest lets in. */
  readonly customerIds?: readonly number[];
  /** Only people who have an identity of this type. */
  readonly reachableBy?: IdentityType;
}

/** One member of an audience. */
export interface AudienceMember {
  readonly customerId: number;
  readonly externalKey: string;
}

/** What `explain` reads about one person. */
export interface CustomerFacts {
  /** Counted orders before `asOf`. */
  readonly orderCount: number;
  readonly firstOrderAt: number | null;
  readonly lastOrderAt: number | null;
}
