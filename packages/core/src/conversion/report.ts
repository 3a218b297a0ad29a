import type { OccurrenceId } from "../id.js";
import type { InstantInput } from "../instant.js";

/** What a report is taken of, and how. */
export interface ReportOptions {
  /** Only occurrences due at or after it. @default of all times */
  readonly from?: InstantInput | null | undefined;
  /** Only occurrences due before it. @default of all times */
  readonly to?: InstantInput | null | undefined;
  /** Only this firing. @default all */
  readonly occurrenceId?: OccurrenceId | null | undefined;
  /** What happened at or after it does not exist: orders, pushes, acceptances, reports. @default now, with all that is known */
  readonly asOf?: InstantInput | null | undefined;
  /** How long after a touch an order is credited, ms; 1 ms … 100 years. @default 7 days */
  readonly windowMs?: number | null | undefined;
}

/** How long after a touch an order is still credited to it. @default 7 days */
export const DEFAULT_ATTRIBUTION_WINDOW_MS = 7 * 86_400_000;

/**
 * What to account for.
 *
 * Model: last touch. An order is credited to the newest delivery of the same customer, over all rules, with
 * touch ≤ ordered < touch + window, where touch = `deliveredAt`, or `acceptedAt` while no report is known
 * (states `delivered` and `accepted`; equal touches: the greater delivery id). Orders count as in audiences.
 * Tests are left out: they count nobody and take no credit.
 */
export interface ConversionQuery {
  /** The merchant whose deliveries and orders are counted. */
  readonly tenantId: number;
  /** Only deliveries of these; absent: of all rules. */
  readonly ruleIds?: readonly number[];
  /** Only this occurrence; absent: all. */
  readonly occurrenceId?: number;
  /** Only deliveries over this channel. @default over all */
  readonly channel?: string;
  /** Only of rules whose present name holds this text, compared in lower case; deleted rules too. */
  readonly search?: string;
  /** Only occurrences due in [from, to), epoch ms. */
  readonly from?: number;
  /** End of the period, in ms since the epoch, exclusive; absent: open. */
  readonly to?: number;
  /** Orders at or after this instant do not exist. */
  readonly asOf: number;
  /**
   * Neither do pushes due at or after this one, and people are counted and touched as they were known before it.
   *
   * @default as they are known now
   */
  readonly pushesAsOf?: number;
  /** How long after the message an order still counts, in ms. */
  readonly windowMs: number;
  /** Statuses of orders that count. */
  readonly statuses: readonly string[];
  /**
   * May be answered from credits that the store keeps, where it finds at that moment that they are those of its rows. The answer
   * is the same.
   *
   * @default false: credits are searched for
   */
  readonly fromRollUp?: boolean;
}

/** Counts of people take each customer once, by the best state of their deliveries: delivered, accepted, not_delivered, failed, unknown or in review. */
export interface ConversionFigures {
  /** Best state `delivered`. */
  readonly delivered: number;
  /** Best state `accepted`: waiting for staff, or no report yet. */
  readonly waiting: number;
  /** Best state `not_delivered`. */
  readonly notDelivered: number;
  /** Best state `failed`. */
  readonly failed: number;
  /** Best state `unknown` or `needs_review`. */
  readonly unknown: number;
  /** Customers in the audience, whatever became of them. */
  readonly audience: number;
  /** Credited orders. */
  readonly orders: number;
  /** Distinct customers of credited orders. */
  readonly buyers: number;
  /** Sum of credited orders before refunds. */
  readonly revenueMinor: number;
  /** Refunds of credited orders that happened before `asOf`. */
  readonly refundedMinor: number;
}

/** The figures with their rates. Rates are fractions 0 … 1 (orders per recipient may exceed 1), null without a denominator. */
export interface Report extends ConversionFigures {
  /** People whose outcome at the provider is known (推送人数). */
  readonly pushed: number;
  /** `pushed − failed` (推送成功人数). */
  readonly succeeded: number;
  /** `succeeded ÷ pushed` (推送成功率). */
  readonly successRate: number | null;
  /** `orders ÷ succeeded` (订单转化率). */
  readonly ordersPerRecipient: number | null;
  /** `buyers ÷ succeeded` (用户转化率). */
  readonly buyerRate: number | null;
  /** People the provider accepted, whatever followed. */
  readonly accepted: number;
  /** `delivered ÷ accepted`. */
  readonly deliveredRate: number | null;
  /** `revenueMinor − refundedMinor`. */
  readonly netRevenueMinor: number;
  /** ISO 4217 code of all amounts. */
  readonly currency: string;
  /** How long after a touch an order was credited, ms. */
  readonly windowMs: number;
  /** Instant that the figures hold for, epoch ms. */
  readonly asOf: number;
}

/** Adds the documented rates to counted figures. */
export function reportOf(
  figures: ConversionFigures,
  context: { currency: string; windowMs: number; asOf: number },
): Report {
  const succeeded = figures.delivered + figures.waiting + figures.notDelivered;
  const pushed = succeeded + figures.failed;
  return {
    ...figures,
    ...context,
    pushed,
    succeeded,
    accepted: succeeded,
    successRate: ratio(succeeded, pushed),
    ordersPerRecipient: ratio(figures.orders, succeeded),
    buyerRate: ratio(figures.buyers, succeeded),
    deliveredRate: ratio(figures.delivered, succeeded),
    netRevenueMinor: figures.revenueMinor - figures.refundedMinor,
  };
}

export function ratio(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}
