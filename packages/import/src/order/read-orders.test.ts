import { describe, expect, test } from "vitest";
import { inspect } from "../inspect/inspect.js";
import type { OrderMapping } from "../mapping/mapping.js";
import type { Tables } from "../reading/context.js";
import { tableOf, tableOfLines } from "../testing/table-of.js";
import { readOrders } from "./read-orders.js";

const context = { zone: "Asia/Shanghai", currency: "CNY" };

/** Orders as `number customer amount-refunded status`, rejects as `line path code`. */
async function read(tables: Tables, told: Partial<OrderMapping> = {}) {
  const first = "columns" in tables ? tables : tables[0]!;
  const { mapping } = await inspect(first, { ...context, kind: "orders", mapping: told });
  const reading = await readOrders(tables, mapping as OrderMapping, context);
  const orders: string[] = [];
  const rejects: string[] = [];
  const rows = [];
  for await (const item of reading.items()) {
    if (item.kind === "rejected") rejects.push(`${item.line} ${item.path} ${item.code}`.replace("  ", " "));
    else {
      const { externalId, externalKey, refunded, status } = item.row;
      const amountMinor = Number(item.row.amountMinor ?? 0);
      orders.push(`${externalId} ${externalKey} ${amountMinor / 100}-${refunded ?? 0} ${status}`);
      rows.push(item.row);
    }
  }
  return { orders, rejects, rows, summary: reading.summary(), judgement: reading.judgement };
}
const codesOf = (error: { issues: { code: string }[] }) => error.issues.map(({ code }) => code);
const H = "order_no,customer_key,ordered_at,amount,status,sku";

describe("several rows of one order", () => {
  test("add up where their amounts differ", async () => {
    const { orders, judgement } = await read(tableOfLines(H, "A,c,2026-01-05,10,paid,x", "A,c,2026-01-05,5.5,paid,y"));
    expect(orders).toEqual(["A c 15.5-0 paid"]);
    expect(judgement.amountLevel.level).toBe("line");
  });
  test("have one amount where the column is the order's by its name", async () => {
    const table = tableOfLines(
      H.replace("amount", "order_total"),
      "A,c,2026-01-05,160,wc-completed,x",
      "A,c,2026-01-05,160,wc-completed,y",
    );
    expect((await read(table)).orders).toEqual(["A c 160-0 completed"]);
  });
  test("with equal amounts and nothing else to tell are asked about", async () => {
    const table = tableOfLines(H, "A,c,2026-01-05,50,paid,x", "A,c,2026-01-05,50,paid,y");
    expect(codesOf(await read(table).catch((e) => e))).toEqual(["amount.level-ambiguous"]);
    expect((await read(table, { amount: "line" })).orders).toEqual(["A c 100-0 paid"]);
    expect((await read(table, { amount: "order" })).orders).toEqual(["A c 50-0 paid"]);
  });
  test("are decided by quantity and price", async () => {
    const head = "order_no,customer_key,ordered_at,amount,quantity,unit_price";
    expect((await read(tableOfLines(head, "A,c,2026-01-05,50,1,30", "A,c,2026-01-05,50,1,20"))).orders).toEqual([
      "A c 50-0 paid",
    ]);
    expect((await read(tableOfLines(head, "A,c,2026-01-05,50,1,50", "A,c,2026-01-05,50,2,25"))).orders).toEqual([
      "A c 100-0 paid",
    ]);
  });
  test("that contradict each other are asked about", async () => {
    const table = tableOfLines(
      H.replace("amount", "order_total"),
      "A,c,2026-01-05,50,paid,x",
      "A,c,2026-01-05,50,paid,y",
      "B,c,2026-01-05,7,paid,x",
      "B,c,2026-01-05,8,paid,y",
    );
    expect(codesOf(await read(table).catch((e) => e))).toEqual(["amount.level-contradictory"]);
    expect((await read(table, { amount: "order" })).rejects).toEqual([
      "4 order.rejected",
      "5 amount order.amount-differs",
    ]);
  });
  test("carry on what further rows leave blank, even the number of a merged cell", async () => {
    const { orders, rows } = await read(
      tableOfLines(H, "A,c,2026-01-05,160,paid,x", "A,,,,,y", ",,,,,z", "B,d,2026-01-05,1,paid,x"),
    );
    expect(orders).toEqual(["A c 160-0 paid", "B d 1-0 paid"]);
    expect(rows[0]?.lines).toHaveLength(3);
  });
  test("stand anywhere", async () => {
    const { orders } = await read(
      tableOfLines(H, "A,c,2026-01-05,10,paid,x", "B,c,2026-01-05,3,paid,x", "A,c,2026-01-05,5,paid,y"),
    );
    expect(orders.toSorted()).toEqual(["A c 15-0 paid", "B c 3-0 paid"]);
  });
  test("of two customers, or of unlike states, are refused", async () => {
    const { rejects } = await read(
      tableOfLines(
        H,
        "A,c,2026-01-05,10,paid,x",
        "A,d,2026-01-05,5,paid,y",
        "B,c,2026-01-05,1,paid,x",
        "B,c,2026-01-05,2,pending,y",
      ),
    );
    expect(rejects).toEqual([
      "2 order.rejected",
      "3 customer_key order.customer-differs",
      "4 order.rejected",
      "5 status order.status-differs",
    ]);
  });
});

test("an order number that comes again on another day is not one order", async () => {
  const rows = ["A,c,2026-01-05 09:00,10,paid,x", "A,c,2026-01-05 09:01,5,paid,y"];
  const { orders, rejects } = await read(
    tableOfLines(H, ...rows, "B,c,2026-01-05 09:00,10,paid,x", "B,c,2026-06-05 09:00,99,paid,y"),
  );
  expect(orders).toEqual(["A c 15-0 paid"]);
  expect(rejects).toEqual(["4 order.rejected", "5 ordered_at order.times-differ"]);
});

test("buyers whom the shop does not know are known by their address, or by nothing", async () => {
  const { orders, rejects } = await read(
    tableOfLines(
      "order_no,customer_key,ordered_at,amount,email",
      "A,0,2026-01-05,1,Amy@example.com",
      "B,guest,2026-01-05,1,bob@example.com",
      "C,散客,2026-01-05,1,",
      "D,10,2026-01-05,1,",
    ),
  );
  expect(orders).toEqual(["A amy@example.com 1-0 paid", "B bob@example.com 1-0 paid", "D 10 1-0 paid"]);
  expect(rejects).toEqual(["4 customer_key customer.anonymous"]);
});

test("a day and its time may stand in two columns", async () => {
  const at = async (head: string, row: string) => (await read(tableOfLines(head, row))).rows[0]?.orderedAt;
  const nine = Date.parse("2026-01-05T09:00:00+08:00");
  expect(await at("单号,会员号,销售日期,时间,金额", "A,c,2026-01-05,09:00:00,1")).toBe(nine);
  expect(await at("Order ID,Customer ID,Date,Time,Total", "A,c,2026-01-05T00:00:00,9:00 AM,1")).toBe(nine);
  expect(await at("Order ID,Customer ID,Date,Time,Total", "A,c,2026-01-05 09:00,10:00,1")).toBe(nine);
});

test("figures in hundredths or in ten thousands are what the column's name says", async () => {
  const amount = async (column: string, figure: string) =>
    (await read(tableOfLines(`order_no,customer_key,ordered_at,${column}`, `A,c,2026-01-05,${figure}`))).orders[0];
  expect(await amount("金额(分)", "9950")).toBe("A c 99.5-0 paid");
  expect(await amount("amount_cents", "9950")).toBe("A c 99.5-0 paid");
  expect(await amount("金额（万元）", "1.5")).toBe("A c 15000-0 paid");
  expect(await amount("金额（元）", "99.5")).toBe("A c 99.5-0 paid");
});

test("a column whose name tells another currency is asked about", async () => {
  const file = (column: string) => tableOfLines(`order_no,customer_key,ordered_at,${column}`, "A,c,2026-01-05,5");
  for (const column of ["Amount (USD)", "order_total_eur", "金额（美元）"])
    expect(codesOf(await read(file(column), { columns: { amount: column } }).catch((e) => e))).toEqual([
      "currency.differs",
    ]);
  for (const column of [
    "Amount (CNY)",
    "金额(元)",
    "order_total",
    "Amount due",
    "total_net",
    "Total (inc)",
    "金额（含税）",
  ])
    expect((await read(file(column), { columns: { amount: column } })).orders).toEqual(["A c 5-0 paid"]);
});

test("a column of refunds is found whatever stands in front of its name", async () => {
  const head = "订单号,买家手机号,订单创建时间,订单实付金额,订单状态";
  const row = "E1,13800138000,2026-01-05,100,交易完成";
  expect((await read(tableOfLines(`${head},订单已退款金额,订单退款状态`, `${row},30,部分退款`))).orders).toEqual([
    "E1 +8613800138000 100-30 completed",
  ]);
  expect((await read(tableOfLines(`${head},主单实际退款总额`, `${row},30`))).orders).toEqual([
    "E1 +8613800138000 100-30 completed",
  ]);
  expect((await read(tableOfLines(`${head},申请退款金额`, `${row},30`))).orders).toEqual([
    "E1 +8613800138000 100-0 completed",
  ]);
});

test("rows whose type is a return give back, whatever their sign", async () => {
  const head = "单号,会员号,日期,金额,单据类型";
  const sold = ["A,c,2026-01-05,90,销售单", "B,d,2026-01-05,40,7天无理由退货商品"];
  const { orders, rejects } = await read(
    tableOfLines(head, ...sold, "A,c,2026-01-08,30,退货单", "T9,c,2026-01-08,30,销售退货"),
  );
  expect(orders.toSorted()).toEqual(["A c 90-30 paid", "B d 40-0 paid"]);
  expect(rejects).toEqual(["5 amount refund.without-order"]);
  const card = tableOfLines("order_no,customer_key,ordered_at,amount,type", "A,c,2026-01-05,90,credit card");
  expect((await read(card)).orders).toEqual(["A c 90-0 paid"]);
});

test.each([
  ["是否退款", "是", "A c 90-90 refunded"],
  ["是否退款", "否", "A c 90-0 paid"],
  ["取消时间", "2026-01-06 10:00", "A c 90-0 cancelled"],
  ["Cancelled at", "0000-00-00 00:00:00", "A c 90-0 paid"],
  ["退款时间", "2026-01-06 10:00", "A c 90-90 paid"],
  ["退款金额", "无退款申请", "A c 90-0 paid"],
])("%s: %s tells by itself", async (column, cell, order) => {
  const table = tableOfLines(
    `order_no,customer_key,ordered_at,amount,status,${column}`,
    `A,c,2026-01-05,90,paid,${cell}`,
  );
  expect((await read(table)).orders).toEqual([order]);
});

test("attributes of the buyer may stand in any of an order's rows; what is none is dropped", async () => {
  const attributes = {
    level: { column: "会员等级", type: "text" },
    since: { column: "入会日期", type: "date" },
  } as const;
  const table = tableOfLines(
    `${H},会员等级,入会日期`,
    "A,c,2026-01-05,1,paid,x,金卡,2025-03-01",
    "A,c,2026-01-05,2,paid,y,,",
    "B,d,2026-01-05,2,paid,y,,never",
  );
  const { rows, summary } = await read(table, { attributes });
  expect(rows.map(({ buyer }) => buyer)).toEqual([{ attributes: { level: "金卡", since: "2025-03-01" } }, undefined]);
  expect(summary.dropped).toEqual([{ code: "attribute.invalid", path: "since", count: 1, lines: [4] }]);
});

test("an order without a customer is that of the address it has", async () => {
  const table = tableOfLines(
    "order_no,customer_key,ordered_at,amount,mobile",
    "A,,2026-01-05,1,13800138000",
    "B,,2026-01-05,1,",
  );
  const { orders, rejects } = await read(table);
  expect(orders).toEqual(["A +8613800138000 1-0 paid"]);
  expect(rejects).toEqual(["3 customer_key customer.missing"]);
});

test("a state that nobody knows is asked about, never taken for paid", async () => {
  const error = await read(tableOfLines(H, "A,c,2026-01-05,1,未知,x")).catch((e) => e);
  expect(codesOf(error)).toEqual(["status.unknown"]);
  expect((await read(tableOfLines(H, "A,c,2026-01-05,1,NULL,x"))).orders).toEqual(["A c 1-0 paid"]);
});

test("a cancelled order may lack its amount", async () => {
  expect((await read(tableOfLines(H, "A,c,2026-01-05,,Cancelled,x"))).orders).toEqual(["A c 0-0 cancelled"]);
});

describe("what was given back", () => {
  test.each([
    ["a column", `${H},refunded`, ["A,c,2026-01-05,90,partially_refunded,x,30"], "A c 90-30 partially_refunded"],
    ["a column with negative figures", `${H},refunded`, ["A,c,2026-01-05,90,paid,x,-30"], "A c 90-30 paid"],
    ["a negative row", H, ["A,c,2026-01-05,90,paid,x", "A,c,2026-01-08,-30,paid,x"], "A c 90-30 paid"],
    ["a row with its own status", H, ["A,c,2026-01-05,90,paid,x", "A,c,2026-01-08,-90,refunded,x"], "A c 90-90 paid"],
    [
      "one item that is refunded",
      H,
      ["A,c,2026-01-05,60,completed,x", "A,c,2026-01-05,30,refunded,y"],
      "A c 90-30 partially_refunded",
    ],
    ["the status alone", H, ["A,c,2026-01-05,90,退款成功,x"], "A c 90-90 refunded"],
    [
      "a row that names the order",
      `${H},refund_of`,
      ["A,c,2026-01-05,90,paid,x,", "R1,c,2026-01-08,-30,refunded,x,A"],
      "A c 90-30 paid",
    ],
    ["a voucher, which is a discount", H, ["A,c,2026-01-05,90,paid,x", "A,c,2026-01-05,-30,paid,v"], "A c 60-0 paid"],
  ])("is told by %s", async (_, head, rows, order) => {
    expect((await read(tableOfLines(head, ...rows))).orders).toEqual([order]);
  });
  test("keeps its day", async () => {
    const { rows } = await read(
      tableOfLines(`${H},refunded,refunded_at`, "A,c,2026-01-05,100,paid,x,100,2026-01-08 10:00:00"),
    );
    expect(rows[0]).toMatchObject({ refunded: 100, refundedAt: Date.parse("2026-01-08T10:00:00+08:00") });
  });
  test("without its order, or of more than the order, is refused; an unknown amount is warned of", async () => {
    const { orders, rejects, summary } = await read(
      tableOfLines(
        `${H},refunded`,
        "A,c,2026-01-05,-160,completed,x,",
        "B,c,2026-01-05,10,paid,x,11",
        "C,c,2026-01-05,10,部分退款,x,",
      ),
    );
    expect(rejects).toEqual(["2 amount refund.without-order", "3 refunded refund.exceeds"]);
    expect(orders).toEqual(["C c 10-0 partially_refunded"]);
    expect(summary.warnings).toEqual([{ code: "refund.unknown", path: "refunded", count: 1, lines: [4] }]);
  });
});

describe("rows that come twice", () => {
  test("are two things side by side in one order", async () => {
    const { orders } = await read(
      tableOfLines(
        H,
        "A,c,2026-01-05,50,paid,x",
        "A,c,2026-01-05,50,paid,x",
        "A,c,2026-01-05,20,paid,y",
        "B,c,2026-01-05,1,paid,y",
      ),
    );
    expect(orders[0]).toBe("A c 120-0 paid");
  });
  test("are one thing where whole orders come again and never otherwise", async () => {
    const rows = ["A,c,2026-01-05,10,paid,x", "A,c,2026-01-05,5,paid,y", "B,c,2026-01-05,3,paid,x"];
    const { orders, summary } = await read(tableOfLines(H, ...rows, ...rows));
    expect(orders).toEqual(["A c 15-0 paid", "B c 3-0 paid"]);
    expect(summary.repeated).toBe(3);
  });
  test("are refused where nobody can tell", async () => {
    const rows = [
      "A,c,2026-01-05,10,paid,x",
      "B,c,2026-01-05,3,paid,x",
      "A,c,2026-01-05,10,paid,x",
      "A,c,2026-01-05,5,paid,y",
    ];
    expect((await read(tableOfLines(H, ...rows))).rejects.toSorted()).toEqual(
      [2, 4, 5].map((line) => `${line} order_no order.repeats-ambiguous`),
    );
    expect((await read(tableOfLines(H, ...rows), { repeats: "once", amount: "line" })).orders.toSorted()[0]).toBe(
      "A c 15-0 paid",
    );
    expect((await read(tableOfLines(H, ...rows), { repeats: "each", amount: "line" })).orders.toSorted()[0]).toBe(
      "A c 25-0 paid",
    );
  });
  test("are one by their ids", async () => {
    const { orders, summary } = await read(
      tableOfLines(
        `${H},line_id`,
        "A,c,2026-01-05,10,paid,x,1",
        "A,c,2026-01-05,10,paid,x,1",
        "A,c,2026-01-05,12,paid,x,2",
      ),
    );
    expect(orders).toEqual(["A c 22-0 paid"]);
    expect(summary.repeated).toBe(1);
  });
  test("in two files are one; other rows change the order", async () => {
    const [one, two] = [
      tableOfLines(H, "A,c,2026-01-05,100,paid,x"),
      tableOfLines(H, "A,c,2026-01-05,60,paid,y", "B,c,2026-01-05,5,paid,x"),
    ];
    expect((await read([one, one])).orders).toEqual(["A c 100-0 paid"]);
    expect((await read([one, two])).rejects).toEqual(["2 order_no order.changed", "2 order_no order.changed"]);
    expect((await read([one, two], { onChange: "merge" })).orders.toSorted()).toEqual([
      "A c 160-0 paid",
      "B c 5-0 paid",
    ]);
    expect((await read([one, two], { onChange: "replace" })).orders.toSorted()[0]).toBe("A c 60-0 paid");
    const stranger = tableOfLines(H, "A,d,2026-01-05,99,paid,x");
    expect((await read([one, stranger], { onChange: "replace" })).rejects[0]).toBe("2 order_no order.customer-differs");
  });
});

test("unknown statuses are counted and asked about before anything is read", async () => {
  const table = tableOfLines(H, "A,c,2026-01-05,1,奇怪,x", "B,c,2026-01-05,1,奇怪,x", "C,c,2026-01-05,1,PAID,x");
  const error = await read(table).catch((e) => e);
  expect(error.issues).toMatchObject([
    { code: "status.unknown", path: "statuses", params: { word: "奇怪", count: 2, line: 2 } },
  ]);
  expect((await read(table, { statuses: { 奇怪: "shipped" } })).orders[0]).toBe("A c 1-0 shipped");
  expect((await read(table, { unknownStatus: "pending" })).orders[0]).toBe("A c 1-0 pending");
});

test("everything that is open is asked at once", async () => {
  const table = tableOf(H.split(","), [["A", "c", "1/5/2026", "1,234", "paid", "x"]]);
  expect(codesOf(await read(table).catch((e) => e))).toEqual(["time.ambiguous", "amount.ambiguous"]);
  expect((await read(table, { dateFormat: "dmy", decimal: "." })).orders).toEqual(["A c 1234-0 paid"]);
});

test("damaged and masked keys, and another currency, are refused by name", async () => {
  const { rejects } = await read(
    tableOfLines(
      "order_no,customer_key,ordered_at,amount",
      "2.02601E+17,c,2026-01-05,1",
      "B,1.38E+10,2026-01-05,1",
      "C,138****8000,2026-01-05,1",
      "D,c,2026-01-05,$5",
      ",c,2026-01-05,1",
    ),
  );
  expect(rejects.toSorted()).toEqual([
    "2 order_no key.damaged",
    "3 customer_key key.damaged",
    "4 customer_key key.masked",
    "5 amount currency.differs",
    "6 order_no order.number-missing",
  ]);
});

test("files without order numbers are told apart by their how-manieth, the same in every reading", async () => {
  const table = tableOfLines("customer_key,ordered_at,amount", "c,2026-01-05,1", "c,2026-01-05,1.00", "c,2026-01-06,1");
  const [once, again] = [await read(table), await read(table)];
  expect(once.orders).toEqual(again.orders);
  expect(once.orders.map((order) => order.slice(32, 35))).toEqual(["-1 ", "-2 ", "-1 "]);
});

test("UCI Online Retail skips cancellations and rows without a customer", async () => {
  const head = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country";
  const { orders, summary } = await read(
    tableOfLines(
      head,
      "536365,85123A,HEART,6,12/1/2010 8:26,2.55,17850.0,UK",
      "C5,22633,X,-1,12/1/2010 8:28,1.85,17850,UK",
      "536367,22633,X,6,12/1/2010 8:28,1.85,,UK",
    ),
  );
  expect(orders).toEqual(["536365 17850 15.3-0 paid"]);
  expect(summary.skipped).toEqual({ cancelled: 1, no_customer: 1 });
});

describe("a state of its refund beside an order's", () => {
  const R = "order_no,customer_key,ordered_at,amount,status,售后状态,refunded";
  test("takes the order back where no amount says better", async () => {
    const table = tableOfLines(
      R,
      "A,c,2026-01-05,10,已收货,退款成功,",
      "B,c,2026-01-05,10,已收货,无售后或售后取消,0.00",
      "C,c,2026-01-05,10,已收货,退款成功,4",
      "D,c,2026-01-05,10,已收货,部分退款成功,",
    );
    const { orders } = await read(table);
    expect(orders).toEqual([
      "A c 10-10 refunded",
      "B c 10-0 completed",
      "C c 10-4 completed",
      "D c 10-0 partially_refunded",
    ]);
  });
});

test("orders of damaged numbers say nothing about whose the amounts are", async () => {
  const table = tableOfLines(H, "2.02601E+17,a,2026-01-05,50,paid,x", "2.02601E+17,b,2026-01-05,50,paid,y");
  const { orders, rejects } = await read(table);
  expect(orders).toEqual([]);
  expect(rejects).toEqual(["2 order_no key.damaged", "3 order_no key.damaged"]);
});

describe("a row of sums", () => {
  const H = "日期,单据编号,客户编码,物料名称,数量,金额";
  const rows = ["2026-01-05,X1,C1,猫粮,10,990", ",,,猫砂,5,150", "2026-01-06,X2,C2,猫粮,1,99"];
  const taken = ["X1 C1 1140-0 paid", "X2 C2 99-0 paid"];
  test.each([
    [",,,,16,1239"],
    [",,,合计,16,1239"],
    ["合计,,,,16,1239"],
    [",,,总 计：,16,1239"],
    [",,,Grand Total,16,1239"],
    [",,,小計,16,1239"],
  ])("%s at the end is no line of the last order", async (sum) => {
    const { orders, rejects } = await read(tableOfLines(H, ...rows, sum));
    expect(orders).toEqual(taken);
    expect(rejects).toEqual(["5 order_no order.number-missing"]);
  });
  test("is nobody's, where it names itself in the place of a customer or an order", async () => {
    const { orders, rejects } = await read(tableOfLines(H, ...rows, ",合计,,,16,1239", "2026-01-07,X3,合计,,16,1239"));
    expect(orders).toEqual(taken);
    expect(rejects).toEqual(["5 customer_key customer.missing", "6 customer_key customer.anonymous"]);
  });
  test("goes without the order of a file whose rows are whole orders", async () => {
    const { orders } = await read(tableOfLines("order_no,customer_key,ordered_at,amount", "A,c,2026-01-05,5", ",,,5"));
    expect(orders).toEqual(["A c 5-0 paid"]);
  });
});

describe("the clock of a column", () => {
  test.each([
    ["date_created_gmt", "2026-01-05T09:00:00Z"],
    ["Created date (UTC)", "2026-01-05T09:00:00Z"],
    ["order_date_utc", "2026-01-05T09:00:00Z"],
    ["created_at (GMT-5)", "2026-01-05T14:00:00Z"],
    ["下单时间（UTC+08:00）", "2026-01-05T01:00:00Z"],
    ["交易时间（北京时间）", "2026-01-05T01:00:00Z"],
    ["order_date", "2026-01-05T17:00:00Z"],
  ])("%s is the one that it names", async (column, at) => {
    const table = tableOfLines(`order_no,customer_key,${column},amount`, "A,c,2026-01-05 09:00:00,5");
    const { mapping } = await inspect(table, { ...context, kind: "orders" });
    const reading = await readOrders(table, mapping as OrderMapping, { ...context, zone: "America/Los_Angeles" });
    for await (const item of reading.items())
      expect(item.kind === "taken" && new Date(Number(item.row.orderedAt)).toJSON()).toBe(at.replace("Z", ".000Z"));
    expect(reading.summary()).toMatchObject({ refused: 0 });
  });
  test("that the shop keeps goes before another one", async () => {
    const table = tableOfLines("order_no,customer_key,date_created_gmt,date_created,amount", "A,c,,2026-01-05,5");
    expect((await inspect(table, { ...context, kind: "orders" })).mapping.columns).toMatchObject({
      ordered_at: "date_created",
    });
  });
});

describe("a discount beside the price", () => {
  const H = "订单号,会员号,下单时间,商品名称,数量,单价,优惠金额";
  const row = "1,a,2026-01-05,猫粮,2,99";
  test("is asked about where no column says what was paid", async () => {
    const table = tableOfLines(H, `${row},0.00`, `2${row.slice(1)},20`);
    const error = await read(table).catch((e) => e);
    expect(error.issues).toMatchObject([{ path: "amount", code: "amount.discount", params: { line: 3, cell: "20" } }]);
    expect((await read(table, { amount: "line" })).orders).toEqual(["1 a 198-0 paid", "2 a 198-0 paid"]);
  });
  test("says nothing where it is naught, names a voucher, or stands beside an amount", async () => {
    expect((await read(tableOfLines(H, `${row},0.00`))).orders).toEqual(["1 a 198-0 paid"]);
    const voucher = tableOfLines(H.replace("优惠金额", "优惠券编号"), `${row},Q20`);
    expect((await read(voucher)).orders).toEqual(["1 a 198-0 paid"]);
    const paid = tableOfLines(`${H},应收金额`, `${row},20,178`);
    expect((await read(paid)).orders).toEqual(["1 a 178-0 paid"]);
  });
});
