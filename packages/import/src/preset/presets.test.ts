import { readFileSync } from "node:fs";
import { createRecallKit, silentLogger } from "@recallkit/core";
import { memoryStores } from "@recallkit/core/memory";
import { describe, expect, test } from "vitest";
import { inspect } from "../inspect/inspect.js";
import { withImport } from "../run/with-import.js";
import { tableOfLines } from "../testing/table-of.js";
import { PRESETS, type PresetName, presetMapping } from "./presets.js";

const context = { zone: "Asia/Shanghai", currency: "CNY" };

test("an id is the key of a list of people, and of no list of orders", async () => {
  const table = tableOfLines("ID,姓名,手机号", "7,甲,13800138000");
  expect((await inspect(table, { ...context, kind: "customers" })).mapping.columns).toMatchObject({
    customer_key: "ID",
    mobile: "手机号",
  });
});

describe("a preset", () => {
  test.each(PRESETS)("%s finds its own columns, and none of another file's", (name) => {
    const file = JSON.parse(readFileSync(new URL(`./${name}.json`, import.meta.url), "utf8"));
    expect(presetMapping(name, Object.values(file.columns)).columns).toEqual(file.columns);
    expect(presetMapping(name, ["no such column"]).columns).toEqual({});
  });
  test("whose column is called otherwise in a shop takes the one that is there", async () => {
    const table = tableOfLines(
      "订单号,订单状态,买家手机号,下单时间,商品名称,订单实付金额,退款状态,已退款金额",
      "E1,交易完成,13800138000,2026-01-05 09:00:00,猫粮,150.00,,0.00",
    );
    const { preset, mapping, missing, columns } = await inspect(table, { ...context, kind: "orders" });
    expect([preset, missing]).toEqual(["youzan", []]);
    expect(new Set(columns.map(({ reason }) => reason))).toEqual(new Set(["preset"]));
    expect(mapping.columns).toMatchObject({
      ordered_at: "下单时间",
      refunded: "已退款金额",
      refund_status: "退款状态",
    });
  });
  test("finds what tells of an end that the preset does not name", async () => {
    const table = tableOfLines(
      "Name,Email,Financial Status,Total,Created at,Cancelled at",
      "#1,a@example.com,paid,160.00,2026-01-05 09:00:00 +0800,2026-01-06 09:00:00 +0800",
    );
    const { mapping } = await inspect(table, { ...context, kind: "orders" });
    expect(mapping.columns).toMatchObject({ cancelled_at: "Cancelled at" });
  });
  test("whose needed column is nowhere says which field is missing", async () => {
    const table = tableOfLines("订单号,订单状态,买家手机号,订单实付金额", "E1,交易完成,13800138000,150.00");
    expect((await inspect(table, { ...context, kind: "orders" })).missing).toEqual(["ordered_at"]);
  });
});

/** An order in the columns of each preset, with values that its platform writes. */
const EXPORTS: Readonly<Record<PresetName, Readonly<Record<string, string>>>> = {
  shopify: {
    Name: "#1001",
    Email: "amy@example.com",
    "Created at": "2026-01-05 09:00:00 +0800",
    Total: "99.00",
    "Financial Status": "paid",
  },
  woocommerce: {
    order_id: "9001",
    customer_id: "7",
    order_date: "2026-01-05 09:00:00",
    order_total: "99.00",
    status: "wc-completed",
  },
  youzan: {
    订单号: "E1",
    买家手机号: "13800138000",
    订单创建时间: "2026-01-05 09:00:00",
    订单实付金额: "99.00",
    订单状态: "交易完成",
  },
  taobao: {
    订单编号: "2601",
    买家会员名: "tb_amy",
    订单创建时间: "2026-01-05 09:00:00",
    买家实际支付金额: "99.00",
    订单状态: "交易成功",
  },
  jd: {
    订单号: "2600",
    下单帐号: "jd_amy",
    下单时间: "2026-01-05 09:00:00",
    京东价: "99",
    应付金额: "99",
    订单状态: "(锁定)等待出库",
  },
  amazon: {
    "amazon-order-id": "111-1",
    "buyer-email": "amy@example.com",
    "purchase-date": "2026-01-05T01:00:00+00:00",
    "item-price": "99.00",
    quantity: "2",
    "order-status": "Shipped",
  },
  pinduoduo: {
    订单号: "260105-1",
    手机: "13800138000",
    订单成交时间: "2026-01-05 09:00:00",
    "用户实付金额(元)": "99.00",
    "商家实收金额(元)": "99.00",
    订单状态: "已发货，待收货",
    售后状态: "无售后或售后取消",
  },
  weimob: {
    订单编号: "W1",
    客户手机号: "13800138000",
    下单时间: "2026-01-05 09:00:00",
    实付金额: "99.00",
    订单状态: "已完成",
  },
  "online-retail": {
    InvoiceNo: "536365",
    StockCode: "85123A",
    Quantity: "6",
    InvoiceDate: "1/5/2026 9:00",
    UnitPrice: "16.50",
    CustomerID: "17850.0",
  },
};

test.each(PRESETS)("an export of %s leads to its first audience", async (name) => {
  const kit = withImport(createRecallKit({ stores: memoryStores(), logger: silentLogger }));
  const row = EXPORTS[name];
  const file = [Object.keys(row), Object.values(row)]
    .map((cells) => cells.map((cell) => `"${cell}"`).join(","))
    .join("\n");
  const options = { ...(name === "online-retail" && { preset: name }) };
  const result = await kit.import(
    Buffer.from(file),
    { kind: "orders", ...(name === "online-retail" && { dateFormat: "mdy" }) },
    options,
  );
  expect(result).toMatchObject({ inserted: 1, rejectedRows: 0, amountMinor: 9900, customers: { inserted: 1 } });
  expect(await kit.audience.count({ segment: { everybody: true } })).toBe(1);
});
