import type {
  AudienceMember,
  AudienceQuery,
  AudienceRow,
  CountedOrders,
  CustomerFacts,
} from "../audience/audience-query.js";

/** Runs compiled segments. Never returns an unbounded list. */
export interface AudienceStore {
  /** Members in all, by one set-based statement. */
  count(query: AudienceQuery): Promise<number>;
  /**
   * People left after each question, by one set-based statement: all customers, those of the window if there is one, of these
   * those of the label groups if there are any, of the attributes if there are any, of each condition in turn, and those whom
   * `reachableBy` leaves if it is set. `customerIds` is asked of all of them.
   */
  steps(query: AudienceQuery): Promise<readonly number[]>;
  /**
   * Members with `customerId > afterId` by ascending id, at most `limit` (≤ 10 000).
   *
   * @param how `isRare`: so few are members that a walk through the customers would take longer than to find them. @default not known
   */
  page(
    query: AudienceQuery,
    afterId: number,
    limit: number,
    how?: { readonly isRare?: boolean },
  ): Promise<readonly AudienceMember[]>;
  /** Whether one person is a member. */
  includes(query: AudienceQuery, customerId: number): Promise<boolean>;
  /**
   * What an index holds of people, by ascending id: those behind an id, at most `limit` (≤ 1 000), or those who are named or
   * have one of the orders named, at most 1 000 of each.
   */
  rows(
    tenantId: number,
    which:
      | { readonly afterId: number; readonly limit: number }
      | { readonly customerIds: readonly number[]; readonly orderIds: readonly number[] },
  ): Promise<readonly AudienceRow[]>;
  /** Order facts of one person. */
  facts(tenantId: number, customerId: number, orders: CountedOrders): Promise<CustomerFacts>;
}
