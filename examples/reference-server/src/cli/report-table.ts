import type { Report } from "@recallkit/core";
import { currencyDecimals, minorToMajor } from "@recallkit/core/ports";
import type { Say } from "./io.js";
import { alignedTable } from "./table.js";

const DAY_MS = 86_400_000;

/** A report as JSON: amounts in major units, rates as fractions. */
export function reportJson(report: Report) {
  const major = (minor: number) => minorToMajor(minor, report.currency);
  return {
    audience: report.audience,
    pushed: report.pushed,
    succeeded: report.succeeded,
    failed: report.failed,
    success_rate: report.successRate,
    orders: report.orders,
    buyers: report.buyers,
    orders_per_recipient: report.ordersPerRecipient,
    buyer_rate: report.buyerRate,
    accepted: report.accepted,
    delivered: report.delivered,
    delivered_rate: report.deliveredRate,
    not_delivered: report.notDelivered,
    waiting: report.waiting,
    unknown: report.unknown,
    revenue: major(report.revenueMinor),
    refunded: major(report.refundedMinor),
    net_revenue: major(report.netRevenueMinor),
    currency: report.currency,
    window_days: report.windowMs / DAY_MS,
    as_of: new Date(report.asOf).toISOString(),
  };
}

/** A report as a table, in both languages. */
export function reportTable(title: string, report: Report, say: Say): string {
  const rate = (value: number | null) => (value === null ? "–" : `${(value * 100).toFixed(2)}%`);
  const { currency } = report;
  const money = (minor: number) => `${minorToMajor(minor, currency).toFixed(currencyDecimals(currency))} ${currency}`;
  const rows: readonly (readonly [zh: string, en: string, value: string])[] = [
    ["目标人群", "audience", String(report.audience)],
    ["推送人数", "pushed", String(report.pushed)],
    ["推送成功人数", "succeeded", String(report.succeeded)],
    ["推送失败人数", "failed", String(report.failed)],
    ["推送成功率", "success rate", rate(report.successRate)],
    ["已送达人数", "delivered", String(report.delivered)],
    ["未送达人数", "not delivered", String(report.notDelivered)],
    ["待成员确认人数", "waiting for staff", String(report.waiting)],
    ["结果未知人数", "unknown", String(report.unknown)],
    ["送达率", "delivered ÷ succeeded", rate(report.deliveredRate)],
    ["转化订单数", "orders", String(report.orders)],
    ["购买用户数", "buyers", String(report.buyers)],
    ["订单转化率", "orders ÷ succeeded", rate(report.ordersPerRecipient)],
    ["用户转化率", "buyers ÷ succeeded", rate(report.buyerRate)],
    ["转化金额", "revenue", money(report.revenueMinor)],
    ["退款金额", "refunded", money(report.refundedMinor)],
  ];
  const days = report.windowMs / DAY_MS;
  const ordered = rows.map(([zh, en, value]) => [say(zh, en), say(en, zh), value]);
  return `${title}（${days} 天归因 / ${days}-day attribution）\n${alignedTable(ordered, "right")}`;
}
