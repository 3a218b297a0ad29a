import type { RuleId } from "../id.js";
import type { InstantInput } from "../instant.js";
import type { LocalDate } from "../local-time.js";
import type { PageOptions } from "../page.js";
import type { Report } from "./report.js";

/** Which pushes are meant. Test pushes never are. */
export interface PushFilter {
  /** Only pushes of this rule. @default of all rules */
  readonly ruleId?: RuleId | null | undefined;
  /** Part of the rule's present name, in any case; deleted rules count too. @default any name */
  readonly search?: string | null | undefined;
  /** Only occurrences due at or after it. @default of all times */
  readonly from?: InstantInput | null | undefined;
  /** Only occurrences due before it. @default of all times */
  readonly to?: InstantInput | null | undefined;
}

/** What a list of results takes; a page has at most 20. */
export interface ResultListOptions extends PushFilter, PageOptions {}

/** What statistics are taken of, and how. */
export interface StatisticsOptions extends PushFilter {
  /** What happened at or after it does not exist: orders, pushes, acceptances, reports. @default now, with all that is known */
  readonly asOf?: InstantInput | null | undefined;
  /** How long after a touch an order is credited, ms; 1 ms … 100 years. @default 7 days */
  readonly windowMs?: number | null | undefined;
  /** Most products listed, 0 … 200. @default 20 */
  readonly products?: number | null | undefined;
}

/** Figures of the pushes due on one local day of the tenant; people count once per day. */
export type DayFigures = { readonly date: LocalDate } & Pick<
  Report,
  | "pushed"
  | "succeeded"
  | "failed"
  | "accepted"
  | "delivered"
  | "notDelivered"
  | "waiting"
  | "unknown"
  | "orders"
  | "buyers"
  | "revenueMinor"
  | "refundedMinor"
>;

/** What credited orders bought, most revenue first. */
export interface ProductFigures {
  /** The shop's code; null: lines without one, which are told apart by their names. */
  readonly sku: string | null;
  /** Of several names the last in the order of their bytes; null: none is known. */
  readonly name: string | null;
  /** Pieces in credited orders. */
  readonly quantity: number;
  /** Credited orders that hold it. */
  readonly orders: number;
  /** Distinct customers of those orders. */
  readonly buyers: number;
  /** Sum of its order lines, minor units. */
  readonly amountMinor: number;
}

/** The report of a filter with its days and products. */
export interface Statistics extends Report {
  /** Days with a push, ascending; at most 400. */
  readonly byDay: readonly DayFigures[];
  /** Figures by product. */
  readonly products: readonly ProductFigures[];
}
