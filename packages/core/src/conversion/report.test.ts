import { describe, expect, test } from "vitest";
import { type ConversionFigures, reportOf } from "./report.js";

const NOTHING: ConversionFigures = {
  delivered: 0,
  waiting: 0,
  notDelivered: 0,
  failed: 0,
  unknown: 0,
  audience: 0,
  orders: 0,
  buyers: 0,
  revenueMinor: 0,
  refundedMinor: 0,
};
const context = { currency: "CNY", windowMs: 7 * 86_400_000, asOf: 1 };

describe("a report", () => {
  test("counts as the documented example does: 1000 pushed, 50 failed, 120 orders of 950", () => {
    const report = reportOf({ ...NOTHING, audience: 1000, waiting: 950, failed: 50, orders: 120, buyers: 95 }, context);
    expect(report).toMatchObject({ pushed: 1000, failed: 50, succeeded: 950, successRate: 0.95 });
    expect(((report.ordersPerRecipient ?? 0) * 100).toFixed(1)).toBe("12.6");
    expect(report.buyerRate).toBe(0.1);
  });

  test("has no rate without a denominator", () => {
    expect(reportOf(NOTHING, context)).toEqual({
      ...NOTHING,
      ...context,
      pushed: 0,
      succeeded: 0,
      accepted: 0,
      successRate: null,
      ordersPerRecipient: null,
      buyerRate: null,
      deliveredRate: null,
      netRevenueMinor: 0,
    });
    expect(reportOf({ ...NOTHING, failed: 3 }, context)).toMatchObject({ successRate: 0, deliveredRate: null });
  });

  test("counts as pushed whoever has a known outcome, delivered or not, and nobody else", () => {
    const figures = { ...NOTHING, audience: 20, delivered: 4, waiting: 3, notDelivered: 2, failed: 1, unknown: 5 };
    expect(reportOf(figures, context)).toMatchObject({
      pushed: 10,
      succeeded: 9,
      accepted: 9,
      deliveredRate: 4 / 9,
      unknown: 5,
    });
  });

  test("may count more orders than people, and takes refunds off the revenue", () => {
    const figures = { ...NOTHING, delivered: 2, orders: 5, buyers: 1, revenueMinor: 10_050, refundedMinor: 50 };
    expect(reportOf(figures, context)).toMatchObject({
      ordersPerRecipient: 2.5,
      buyerRate: 0.5,
      netRevenueMinor: 10_000,
    });
  });
});
