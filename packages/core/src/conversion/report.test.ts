import { describe, expect, test } from "vitest";
import { accept, DAY, HOUR, MINUTE, pushRig } from "../testing/push-rig.js";
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

describe("the report of a rule", () => {
  test("comes to the documented example from real rows", async () => {
    const { kit, channel, clock, push, after, ruleId } = await pushRig({ people: 1000, maxBatchSize: 1000 });
    channel.steps.push(accept(Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`wm_${n}`, "not_a_friend"]))));
    await push();
    await after(MINUTE);
    const orders = Array.from({ length: 120 }, (_, n) => ({
      externalId: `o${n}`,
      externalKey: `c${100 + (n % 100)}`,
      orderedAt: clock.now() + HOUR,
      amountMinor: 1999,
    }));
    await kit.orders.ingest(orders);
    const report = await kit.report(ruleId, { asOf: clock.now() + DAY });
    expect(report).toMatchObject({
      audience: 1000,
      pushed: 1000,
      failed: 50,
      succeeded: 950,
      delivered: 950,
      waiting: 0,
    });
    expect(report).toMatchObject({ orders: 120, buyers: 100, revenueMinor: 239_880, netRevenueMinor: 239_880 });
    expect(((report.ordersPerRecipient ?? 0) * 100).toFixed(1)).toBe("12.6");
  });

  test("credits no order before the push, after the window, or of somebody who got nothing", async () => {
    const { kit, channel, clock, push, after, ruleId } = await pushRig();
    channel.steps.push(accept({ wm_2: "not_a_friend" }));
    await push();
    const touch = clock.now();
    await after(0);
    const order = (externalId: string, externalKey: string, orderedAt: number, rest = {}) => ({
      externalId,
      externalKey,
      orderedAt,
      amountMinor: 100,
      ...rest,
    });
    await kit.orders.ingest([
      order("before", "c0", touch - 1),
      order("at once", "c0", touch),
      order("last moment", "c0", touch + 7 * DAY - 1),
      order("too late", "c0", touch + 7 * DAY),
      order("failed", "c2", touch + HOUR),
      order("closed", "c1", touch + HOUR, { status: "closed" }),
      order("given back", "c1", touch + HOUR, { refunded: 1 }),
      order("in part", "c1", touch + HOUR, { refunded: 0.4, refundedAt: touch + 2 * DAY }),
    ]);
    const report = (asOf: number) => kit.report(ruleId, { asOf });
    expect(await report(touch + 30 * DAY)).toMatchObject({
      orders: 3,
      buyers: 2,
      revenueMinor: 300,
      refundedMinor: 40,
    });
    expect(await report(touch + DAY)).toMatchObject({ orders: 2, buyers: 2, revenueMinor: 200, refundedMinor: 0 });
    expect(await report(touch + 1)).toMatchObject({ orders: 1, succeeded: 2, failed: 1 });
    expect(await report(touch)).toMatchObject({ orders: 0, audience: 0 });
    expect(await kit.report(ruleId, { asOf: touch + 30 * DAY, windowMs: HOUR })).toMatchObject({ orders: 1 });
    expect(await kit.report(404)).toMatchObject({ audience: 0, successRate: null });
  });
});
