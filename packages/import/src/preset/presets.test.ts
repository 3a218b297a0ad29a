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

describe("a file of which nobody has said what it holds", () => {
  const kindOf = async (header: string) =>
    (await inspect(tableOfLines(header, header.replaceAll(/[^,]+/g, "1")), context)).mapping.kind;
  test.each([
    "日期,单据编号,客户编码,客户,物料编码,物料名称,数量,含税单价,价税合计",
    "单据日期,单据号,客户编码,客户简称,存货编码,存货名称,数量,含税单价,价税合计,退货标识",
    "id,Created date (UTC),Amount,Amount Refunded,Currency,Captured,Status,Customer ID,Customer Email",
    "orderId,userId,createTime,payAmount,status",
    "訂單號碼,訂單日期,訂單狀態,顧客ID,顧客,電郵,訂單合計,商品名稱,商品貨號,數量",
    "Date,Order #,Status,Customer,Product(s),Items sold,N. Revenue",
    "订单编号,买家昵称,拍单时刻,到账数额,SKU编码",
    "order_no,customer_key,ordered_at,amount,amount",
  ])("holds orders with the columns %s", async (header) => expect(await kindOf(header)).toBe("orders"));
  test.each([
    "会员卡号,姓名,手机号,生日,注册时间,累计消费金额",
    "ID,姓名,手机号,城市",
    "id,name,email,created_at,city",
  ])("holds people with the columns %s", async (header) => expect(await kindOf(header)).toBe("customers"));
});

test("people are known by their numbers, where a list has but names beside them", async () => {
  const found = async (header: string) =>
    (await inspect(tableOfLines(header, "张伟,13800138000,上海"), { ...context, kind: "customers" })).mapping.columns;
  expect(await found("客户,手机,城市")).toEqual({ customer_key: "手机", mobile: "手机", name: "客户", city: "城市" });
  expect(await found("会员,姓名,城市")).toMatchObject({ customer_key: "会员", name: "姓名" });
});

describe("numbers of orders", () => {
  test.each(["单据编号", "销售单号", "销售出库单号", "Invoice No.", "Receipt Number", "小票编号", "商城订单编号"])(
    "are found in %s",
    async (column) => {
      const table = tableOfLines(`${column},客户编码,日期,金额`, "X1,C1,2026-01-05,5");
      expect((await inspect(table, { ...context, kind: "orders" })).mapping.columns).toMatchObject({
        order_no: column,
      });
    },
  );
  test.each(["快递单号", "物流运单号", "退款单号", "发票号码", "支付流水号", "会员单号"])(
    "are not what %s holds",
    async (column) => {
      const table = tableOfLines(`${column},客户编码,日期,金额`, "X1,C1,2026-01-05,5");
      expect((await inspect(table, { ...context, kind: "orders" })).mapping.columns).not.toHaveProperty("order_no");
    },
  );
});

test("exports of other platforms are found by their columns", async () => {
  const columnsOf = async (header: string) =>
    (await inspect(tableOfLines(header, ""), { ...context, kind: "orders" })).mapping.columns;
  expect(
    await columnsOf("主订单编号,选购商品,商品数量,商家编码,订单应付金额,收件人手机号,订单提交时间,订单状态"),
  ).toMatchObject({
    order_no: "主订单编号",
    customer_key: "收件人手机号",
    ordered_at: "订单提交时间",
    amount: "订单应付金额",
  });
  expect(await columnsOf("订单编号,成交数量,实付款,买家昵称,收货人电话,订单创建时间")).toMatchObject({
    quantity: "成交数量",
    mobile: "收货人电话",
  });
  expect(await columnsOf("小票号,会员卡号,销售时间,业务类型,金额")).toMatchObject({ ordered_at: "销售时间" });
  expect(await columnsOf("小票号,会员卡号,销售日期,销售时间,金额")).toMatchObject({
    ordered_at: "销售日期",
    ordered_time: "销售时间",
  });
  expect(await columnsOf("订单号,会员号,下单时间,实付金额,是否支付")).toMatchObject({ status: "是否支付" });
});

test("orders to be shipped at Amazon have the price of all pieces, too", async () => {
  const lines = [
    "order-id,order-item-id,purchase-date,buyer-email,sku,product-name,quantity-purchased,item-price",
    "111-1,501,2026-01-05T09:00:00-08:00,a@example.com,C1,Cup,2,39.98",
    "111-1,502,2026-01-05T09:00:00-08:00,a@example.com,D1,Dish,1,10.00",
  ];
  const table = tableOfLines(...lines);
  const { preset, mapping } = await inspect(table, { ...context, kind: "orders" });
  expect(preset).toBe("amazon");
  const kit = withImport(createRecallKit({ stores: memoryStores(), logger: silentLogger }));
  const { amountMinor } = await kit.import(Buffer.from(lines.join("\n")), mapping);
  expect(amountMinor).toBe(4998);
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
