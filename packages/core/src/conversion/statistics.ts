import type { LocalDate } from "../local-time.js";
import type { Report } from "./report.js";

/** Which pushes are meant. Test pushes never are. */
export interface PushFilter {
  readonly ruleId?: number;
  /** Substring of the rule's present name, compared in lower case; deleted rules count too. */
  readonly search?: string;
  /** Only occurrences due in [from, to), epoch ms. */
  readonly from?: number;
  readonly to?: number;
}

export interface StatisticsOptions extends PushFilter {
  /** What happened at or after it does not exist: orders, pushes, acceptances, reports. @default now, with all that is known */
  readonly asOf?: number;
  /** How long after a touch an order is credited, ms. @default 7 days */
  readonly windowMs?: number;
  /** Most products listed, 0 … 200. @default 20 */
  readonly products?: number;
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
  readonly sku: string | null;
  readonly name: string | null;
  readonly quantity: number;
  /** Credited orders that hold it. */
  readonly orders: number;
  readonly buyers: number;
  /** Sum of its order lines, minor units. */
  readonly amountMinor: number;
}

/** The report of a filter with its days and products. */
export interface Statistics extends Report {
  /** Days with a push, ascending; at most 400. */
  readonly byDay: readonly DayFigures[];
  readonly products: readonly ProductFigures[];
}
