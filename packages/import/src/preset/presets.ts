import { matchColumns } from "../inspect/match-columns.js";
import type { OrderField } from "../mapping/field.js";
import { type Mapping, parseMapping } from "../mapping/mapping.js";
import amazon from "./amazon.json" with { type: "json" };
import jd from "./jd.json" with { type: "json" };
import onlineRetail from "./online-retail.json" with { type: "json" };
import pinduoduo from "./pinduoduo.json" with { type: "json" };
import shopify from "./shopify.json" with { type: "json" };
import taobao from "./taobao.json" with { type: "json" };
import weimob from "./weimob.json" with { type: "json" };
import woocommerce from "./woocommerce.json" with { type: "json" };
import youzan from "./youzan.json" with { type: "json" };

/** Names of the mappings that come with the package. */
export const PRESETS = [
  "shopify",
  "woocommerce",
  "youzan",
  "taobao",
  "jd",
  "pinduoduo",
  "weimob",
  "amazon",
  "online-retail",
] as const;
export type PresetName = (typeof PRESETS)[number];

const FILES: Readonly<Record<PresetName, unknown>> = {
  shopify,
  woocommerce,
  youzan,
  taobao,
  jd,
  pinduoduo,
  weimob,
  amazon,
  "online-retail": onlineRetail,
};

/** What says that an order is none, or less: looked for in every export, since a shop may have added it. */
const TELLING: readonly OrderField[] = ["refunded", "refund_status", "refunded_at", "cancelled_at", "row_type"];

/**
 * The mapping of a well-known export. Exports are configured differently from shop to shop: where a file lacks a column, another
 * one that the field's usual names fit takes its place, and else the field is left out.
 */
export function presetMapping(name: PresetName, columns: readonly string[]): Mapping {
  const mapping = parseMapping(FILES[name]);
  const present = new Set(columns.map((column) => column.trim().toLowerCase()));
  const kept = Object.entries(mapping.columns).filter(([, column]) => present.has(column.trim().toLowerCase()));
  const used = new Set(kept.map(([, column]) => column.trim().toLowerCase()));
  const left = columns.filter((column) => !used.has(column.trim().toLowerCase()));
  const wanted: readonly string[] = [...Object.keys(mapping.columns), ...TELLING];
  const lacking = wanted.filter((field) => !kept.some(([one]) => one === field));
  const others = matchColumns(mapping.kind, left).filter(
    ({ field, reason }) => lacking.includes(field) && reason === "name",
  );
  const found = {
    ...Object.fromEntries(others.map(({ field, column }) => [field, column])),
    ...Object.fromEntries(kept),
  };
  // Columns of the same kind.
  return { ...mapping, columns: found } as Mapping;
}

/** The preset all of whose characteristic columns a table has. */
export function presetOf(columns: readonly string[]): PresetName | undefined {
  const present = new Set(columns.map((column) => column.trim().toLowerCase()));
  const hasAll = (signs: readonly string[]) => signs.every((column) => present.has(column.toLowerCase()));
  return PRESETS.find((name) => hasAll(SIGNS[name]) || hasAll(OTHER_SIGNS[name] ?? [""]));
}

/** Of a second export of the same system. */
const OTHER_SIGNS: Readonly<Partial<Record<PresetName, readonly string[]>>> = {
  // Orders to be shipped, whose `item-price` is that of all pieces, too.
  amazon: ["order-id", "order-item-id", "purchase-date", "quantity-purchased", "item-price"],
};

const SIGNS: Readonly<Record<PresetName, readonly string[]>> = {
  shopify: ["Name", "Email", "Financial Status", "Created at", "Total"],
  woocommerce: ["order_id", "order_date", "order_total", "customer_id"],
  youzan: ["订单号", "订单实付金额", "买家手机号"],
  taobao: ["订单编号", "买家会员名", "买家实际支付金额"],
  jd: ["订单号", "下单帐号", "京东价"],
  pinduoduo: ["订单号", "用户实付金额(元)", "商家实收金额(元)"],
  weimob: ["订单编号", "客户手机号", "实付金额", "下单时间"],
  amazon: ["amazon-order-id", "purchase-date", "item-price"],
  "online-retail": ["InvoiceNo", "StockCode", "InvoiceDate", "UnitPrice", "CustomerID"],
};
