import { existsSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname } from "node:path";
import { gzipSync } from "node:zlib";
import type { RecallKit } from "@recallkit/core";
import { currencyDecimals } from "@recallkit/core/ports";
import { afterEach, describe, expect, test, vi } from "vitest";
import { reportTable } from "../../cli/report-table.js";
import { fileOf, memoryKit, rejectsOf } from "../../testing/import-files.js";
import type { ImportProgress } from "./import-file.js";
import { type ImportOrdersOptions, importOrders } from "./import-orders.js";
import { ORDER_PRESETS } from "./order-format.js";

afterEach(() => vi.unstubAllEnvs());

const HEADER = "order_no,customer_key,ordered_at,amount,status,sku,category,brand,store";
const none = { inserted: 0, updated: 0, unchanged: 0, rejected: 0 };

async function imported(content: string | Uint8Array, options: ImportOrdersOptions = {}, kit: RecallKit = memoryKit()) {
  const file = await fileOf(content);
  return { kit, file, answer: await importOrders(kit, file, options) };
}

const lines = (...rows: readonly string[]) => `${[HEADER, ...rows].join("\n")}\n`;

/** Keys of everybody who bought in the ten days before an instant of the tenant's zone. */
async function buyersOn(kit: RecallKit, asOf: string, labels?: Record<string, string[]>): Promise<string[]> {
  const segment = { lapse: { minDays: 0, maxDays: 10 }, ...(labels && { labels }) };
  const keys: string[] = [];
  for await (const { externalKey } of kit.audience.resolve({ segment }, { asOf: Date.parse(asOf) }))
    keys.push(externalKey);
  return keys.sort();
}

describe("a file of orders", () => {
  test.each([
    ["JPY", 1213, "1213 JPY"],
    ["KWD", 1212.846, "1212.846 KWD"],
    ["CNY", 1212.85, "1212.85 CNY"],
  ])("in %s is rounded once per order to what the currency has, and shown so", async (currency, revenue, shown) => {
    const kit = memoryKit();
    await kit.update({ currency });
    const rows = lines("A1,c1,2025-03-01 10:00:00,1200.4,paid,,,,", "A1,c1,2025-03-01 10:00:00,12.4459,paid,,,,");
    const { answer } = await imported(rows, {}, kit);
    expect(answer).toMatchObject({ orders: { inserted: 1 }, revenue, currency });
    const revenueMinor = Math.round(revenue * 10 ** currencyDecimals(currency));
    const table = reportTable("", { ...(await kit.report()), revenueMinor }, (_zh, en) => en);
    expect(table).toContain(shown);
  });

  test("brings orders, their customers and labels", async () => {
    const { kit, answer } = await imported(
      lines(
        "A1,c1,2025-03-01 10:00:00,12.50,paid,SKU001,猫粮,皇家,上海仓",
        "A2,c2,2025-03-01 11:00:00,7,completed,SKU002,猫砂,蓝氏,",
      ),
    );
    expect(answer).toEqual({
      customers: { ...none, inserted: 2 },
      orders: { ...none, inserted: 2 },
      labels: { ...none, inserted: 7 },
      lines: 2,
      skipped: { cancelled: 0, no_customer: 0 },
      rejects: 0,
      rejects_file: null,
      revenue: 19.5,
      currency: "CNY",
    });
    expect(await buyersOn(kit, "2025-03-02T00:00:00+08:00")).toEqual(["c1", "c2"]);
    expect(await buyersOn(kit, "2025-03-02T00:00:00+08:00", { sku: ["SKU002"] })).toEqual(["c2"]);
  });

  test("is unchanged when it is imported again", async () => {
    const content = lines("A1,c1,2025-03-01,1,,a,,,", "A1,c1,2025-03-01,2,,b,,,", "A2,c1,2025-03-01,3,,a,,,");
    const { kit } = await imported(content);
    const { answer } = await imported(content, {}, kit);
    expect(answer).toMatchObject({
      customers: { ...none, unchanged: 1 },
      orders: { ...none, unchanged: 2 },
      labels: { ...none, unchanged: 2 },
      revenue: 6,
    });
  });

  test("may name its columns as it likes, with blanks, a byte order mark, CRLF and any of three separators", async () => {
    for (const delimiter of [",", ";", "\t"]) {
      const rows = ['\ufeff 会员 , "下单时间" , Amount ', " c1 , 2025-03-01 10:00:00 , 12.50 ", "c2, 2025-03-01 ,0"];
      const content = rows
        .map((row) => row.replaceAll(" , ", ` ${delimiter} `).replaceAll(",", delimiter))
        .join("\r\n");
      const { kit, answer } = await imported(content, { names: { customer_key: "会员", ordered_at: "下单时间" } });
      expect(answer).toMatchObject({ orders: { inserted: 2, rejected: 0 }, lines: 2, revenue: 12.5 });
      expect(await buyersOn(kit, "2025-03-02T00:00:00+08:00")).toEqual(["c1", "c2"]);
    }
  });

  test("may be packed, whatever its name", async () => {
    const { answer } = await imported(gzipSync(lines("A1,c1,2025-03-01,1,,,,,")));
    expect(answer.orders).toEqual({ ...none, inserted: 1 });
  });

  test("may hold the lines of an order anywhere; the earliest time counts", async () => {
    const { kit, answer } = await imported(
      lines("A1,c1,2025-03-05 10:00:00,1.005,,,,,", "A2,c2,2025-03-20,2,,,,,", "A1,c1,2025-03-01 09:00:00,1.005,,,,,"),
    );
    expect(answer).toMatchObject({ orders: { inserted: 2 }, revenue: 4.01, lines: 3 });
    expect(await buyersOn(kit, "2025-03-04T00:00:00+08:00")).toEqual(["c1"]);
  });

  test("adds amounts exactly and rounds each order once, half up", async () => {
    const { answer } = await imported(
      lines(
        "A1,c1,2025-03-01,0.0049,,,,,",
        "A1,c1,2025-03-01,0.0001,,,,,",
        "A2,c1,2025-03-01,-0.0050,,,,,",
        "A3,c1,2025-03-01,0.0049,,,,,",
      ),
    );
    expect(answer).toMatchObject({ orders: { inserted: 3 }, revenue: 0.01 });
  });

  test("reads wall times in the zone asked for", async () => {
    const { kit } = await imported(lines("A1,c1,2025-03-01 00:30:00,1,,,,,"), { timeZone: "America/New_York" });
    expect(await buyersOn(kit, "2025-03-01T05:30:00Z")).toEqual([]);
    expect(await buyersOn(kit, "2025-03-01T05:30:00.001Z")).toEqual(["c1"]);
  });

  test("gives customers a WeCom id when a prefix is named", async () => {
    const { kit } = await imported(lines("A1,c1,2025-03-01,1,,,,,"), { externalUserIdPrefix: "wm_" });
    const [customer] = await kit.stores.customers.findByKeys(1, ["c1"]);
    expect(customer?.identities).toEqual({ external_userid: "wm_c1" });
  });

  test("keeps equal rows apart when it has no order numbers, and is stable", async () => {
    const rows = [
      "customer_key,ordered_at,amount",
      "c1,2025-03-01,10",
      "c1,2025-03-01,10.00",
      "c1,2025-03-01,11",
      "c2,2025-03-01,10",
    ];
    const { kit, answer } = await imported(rows.join("\n"));
    expect(answer).toMatchObject({
      orders: { ...none, inserted: 4 },
      customers: { ...none, inserted: 2 },
      revenue: 41,
    });
    const again = await imported([...rows, "c1,2025-03-01,10.0"].join("\n"), {}, kit);
    expect(again.answer.orders).toEqual({ ...none, inserted: 1, unchanged: 4 });
  });

  test("tells how far it is", async () => {
    const seen: ImportProgress[] = [];
    const { file } = await imported(lines("A1,c1,2025-03-01,1,,,,,", "A2,c1,2025-03-01,1,,,,,"), {
      onProgress: (one) => seen.push(one),
    });
    expect(existsSync(file)).toBe(true);
    expect(seen.map(({ phase }) => phase)).toEqual(["read", "import"]);
    expect(seen.at(-1)).toEqual({ phase: "import", done: 2, total: 2 });
    expect(seen[0]?.done).toBe(seen[0]?.total);
  });
});

describe("a wrong line", () => {
  const cases: readonly (readonly [name: string, row: string, path: string, code: string])[] = [
    ["a day that does not exist", "A1,c1,2025-02-29,1,,,,,", "ordered_at", "time.invalid"],
    ["a time that does not exist", "A1,c1,2025-02-28 25:00:00,1,,,,,", "ordered_at", "time.invalid"],
    ["no time", "A1,c1,,1,,,,,", "ordered_at", "time.invalid"],
    ["no customer", "A1, ,2025-03-01,1,,,,,", "customer_key", "customer.missing"],
    ["no order number", ",c1,2025-03-01,1,,,,,", "order_no", "order.number-missing"],
    ["no amount", "A1,c1,2025-03-01,,,,,,", "amount", "amount.missing"],
    ["NaN", "A1,c1,2025-03-01,NaN,,,,,", "amount", "amount.invalid"],
    ["Infinity", "A1,c1,2025-03-01,Infinity,,,,,", "amount", "amount.invalid"],
    ["1e400", "A1,c1,2025-03-01,1e400,,,,,", "amount", "amount.invalid"],
    ["five decimals", "A1,c1,2025-03-01,1.00001,,,,,", "amount", "amount.decimals"],
    ["2^53 minor units", "A1,c1,2025-03-01,90071992547409.92,,,,,", "amount", "amount.range"],
    ["thirty digits", `A1,c1,2025-03-01,${"9".repeat(30)},,,,,`, "amount", "amount.range"],
    ["too few cells", "A1,c1,2025-03-01,1", "", "line.columns"],
    ["too many cells", "A1,c1,2025-03-01,1,,,,,,x", "", "line.columns"],
    ["a key that holds a TAB", "A1,c1,2025-03-01,1,,a\tb,,,", "sku", "custom"],
    ["a text too long for the store", `A1,${"c".repeat(256)},2025-03-01,1,,,,,`, "customer_key", "custom"],
  ];
  test.each(cases)("with %s is rejected and named, the others are taken", async (_, row, path, code) => {
    const { answer } = await imported(lines("A0,c0,2025-03-01,1,,,,,", row, "A9,c9,2025-03-01,1,,,,,"));
    expect(answer).toMatchObject({ orders: { inserted: 2, rejected: 1 }, lines: 3, rejects: 1, revenue: 2 });
    const [reject] = await rejectsOf(answer);
    expect(reject).toMatchObject({ line: "3", path, code, customer_key: row.split(",")[1]?.trim() });
    expect(reject?.message).not.toBe("");
  });

  test("that only the store refuses is the one that is named", async () => {
    const { answer } = await imported(lines("A1,c1,2025-03-01,1,,a,,,", `A1,c1,2025-03-01,1,,${"s".repeat(256)},,,`));
    expect(answer.orders).toEqual({ ...none, rejected: 1 });
    expect(await rejectsOf(answer)).toMatchObject([
      { line: "2", code: "order.rejected", message: "line 3 of the same order is wrong" },
      { line: "3", path: "sku" },
    ]);
  });

  test("takes its whole order with it, wherever the lines stand", async () => {
    const { kit, answer, file } = await imported(
      lines("A1,c1,2025-03-01,1,,,,,", "A2,c2,2025-03-01,1,,,,,", "A1,c1,2025-03-01,x,,,,,"),
    );
    expect(answer).toMatchObject({
      orders: { inserted: 1, rejected: 1 },
      rejects: 2,
      rejects_file: `${file}.rejects.csv`,
    });
    expect(await rejectsOf(answer)).toMatchObject([
      { line: "2", code: "order.rejected", message: "line 4 of the same order is wrong", order_no: "A1" },
      { line: "4", code: "amount.invalid", amount: "x" },
    ]);
    expect(await kit.stores.customers.findByKeys(1, ["c1"])).toEqual([]);
  });

  test("that disagrees about customer or status rejects the order", async () => {
    const { answer } = await imported(
      lines(
        "A1,c1,2025-03-01,1,paid,,,,",
        "A1,c2,2025-03-01,1,paid,,,,",
        "A2,c1,2025-03-01,1,paid,,,,",
        "A2,c1,2025-03-01,1,closed,,,,",
        "A3,c1,2025-03-01,1,paid,,,,",
        "A3,c1,2025-03-01,1,,,,,",
      ),
    );
    expect(answer).toMatchObject({ orders: { inserted: 1, rejected: 2 }, rejects: 4 });
    expect((await rejectsOf(answer)).map(({ line, code }) => [line, code])).toEqual([
      ["2", "order.rejected"],
      ["3", "order.customer-differs"],
      ["4", "order.rejected"],
      ["5", "order.status-differs"],
    ]);
  });

  test("is one order each when order numbers are missing", async () => {
    const { answer } = await imported(
      lines(",c1,2025-03-01,1,,,,,", ",c1,2025-03-01,1,,,,,", "A1,c1,2025-03-01,1,,,,,"),
    );
    expect(answer).toMatchObject({ orders: { inserted: 1, rejected: 2 }, rejects: 2 });
  });

  test("counts an order with sums out of range once", async () => {
    const huge = "90071992547409.91";
    const { answer } = await imported(
      lines(`A1,c1,2025-03-01,${huge},,,,,`, `A1,c1,2025-03-01,${huge},,,,,`, "A2,c1,2025-03-01,1,,,,,"),
    );
    expect(answer).toMatchObject({ orders: { inserted: 1, rejected: 1 }, rejects: 2, revenue: 1 });
  });

  test("of an endless order costs no more memory than a piece of it", async () => {
    const rows = Array.from({ length: 20_001 }, () => "A1,c1,2025-03-01,1,,,,,");
    const { answer } = await imported(lines(...rows, "A2,c1,2025-03-01,1,,,,,"));
    expect(answer).toMatchObject({ orders: { inserted: 1, rejected: 1 }, rejects: 20_001 });
  });

  test("goes to the file named, read by its owner only", async () => {
    const rejectsFile = await fileOf("", "faults.csv");
    const { answer } = await imported(lines("A1,c1,x,1,,,,,"), { rejectsFile });
    expect(answer.rejects_file).toBe(rejectsFile);
    expect(await rejectsOf(answer)).toHaveLength(1);
    const nowhere = { rejectsFile: `${rejectsFile}/x` };
    await expect(imported(lines("A1,c1,x,1,,,,,"), nowhere)).rejects.toMatchObject({
      code: "import.rejects-unwritable",
    });
  });
});

describe("a file that cannot be read to its end", () => {
  const good = Array.from({ length: 3000 }, (_, index) => `A${index},c${index},2025-03-01,${index},,,,,`);
  const packed = gzipSync(lines(...good));
  const broken: readonly (readonly [name: string, content: string | Uint8Array, code: string])[] = [
    ["is a gzip file cut short", packed.subarray(0, packed.length - 20), "import.damaged-gzip"],
    [
      "is a damaged gzip file",
      Buffer.concat([packed.subarray(0, 500), Buffer.alloc(50, 7), packed.subarray(550)]),
      "import.damaged-gzip",
    ],
    ["is two bytes of gzip", packed.subarray(0, 2), "import.damaged-gzip"],
    ["is binary", Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0, 1, 2, 3]), "import.binary"],
    ["turns binary at its end", Buffer.concat([Buffer.from(lines(...good)), Buffer.from([0, 1])]), "import.binary"],
    ["is UTF-16", Buffer.from(`\ufeff${lines(...good)}`, "utf16le"), "import.binary"],
    [
      "is GBK",
      Buffer.concat([
        Buffer.from("customer_key,ordered_at,amount\n"),
        Buffer.from([0xd6, 0xd0]),
        Buffer.from(",2025-03-01,1\n"),
      ]),
      "import.not-utf8",
    ],
    [
      "ends inside a character",
      Buffer.concat([Buffer.from(lines("A1,c1,2025-03-01,1,,,,,")), Buffer.from([0xe4, 0xb8])]),
      "import.not-utf8",
    ],
    ["is empty", "", "import.empty"],
    ["holds blank lines only", "\n \n,,\n", "import.empty"],
    ["lacks a column", "order_no,customer_key,amount\nA1,c1,1\n", "import.column-missing"],
    ["names a column twice", "customer_key,ordered_at,amount,amount\nc1,2025-03-01,1,1\n", "import.column-ambiguous"],
    ["never closes a quote", lines(...good, 'A9,"c9,2025-03-01,1,,,,,'), "import.malformed"],
    [
      "never closes a quote for a megabyte",
      lines(
        'A9,"c9,2025-03-01,1,,,,,',
        ..."x"
          .repeat(20)
          .split("")
          .map(() => good.join("\n")),
      ),
      "import.malformed",
    ],
  ];
  test.each(broken)("%s: nothing is taken", async (_, content, code) => {
    const kit = memoryKit();
    const file = await fileOf(content);
    const folder = dirname(file);
    vi.stubEnv("TMPDIR", folder);
    await expect(importOrders(kit, file)).rejects.toMatchObject({ code });
    expect(await kit.audience.count({ segment: { everybody: true } })).toBe(0);
    expect(readdirSync(folder)).toEqual(["orders.csv"]);
  });

  test("does not exist, or is a folder", async () => {
    await expect(importOrders(memoryKit(), "/nowhere/orders.csv")).rejects.toMatchObject({ code: "import.unreadable" });
    await expect(importOrders(memoryKit(), tmpdir())).rejects.toMatchObject({ code: "import.unreadable" });
  });

  test("names all columns that are missing, by the names expected", async () => {
    const options = { names: { amount: "实付", store: "仓" } };
    await expect(imported("customer_key,x\nc1,1\n", options)).rejects.toMatchObject({
      message: "the file lacks the column ordered_at, 实付, 仓",
      hint: expect.stringContaining("the header has customer_key, x"),
    });
  });

  test("is not read on after a stop", async () => {
    const stop = AbortSignal.abort(new Error("stopped"));
    const kit = memoryKit();
    await expect(imported(lines(...good), { signal: stop }, kit)).rejects.toThrow("stopped");
    expect(await kit.audience.count({ segment: { everybody: true } })).toBe(0);
  });
});

describe("the preset online-retail", () => {
  const format = ORDER_PRESETS["online-retail"];
  const header = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country";

  test("multiplies, labels and passes over cancellations and sales without a customer", async () => {
    const { kit, answer } = await imported(
      [
        header,
        '536365,85123A,"HEART, ""WHITE""",6,2010-12-01 08:26:00,2.55,17850,France',
        "536365,71053,LANTERN,-1,2010-12-01 08:28:00,3.39,17850,France",
        "C536379,D,Discount,-1,2010-12-01 09:41:00,27.5,14527,France",
        "C536380,D,Discount,-1,2010-12-01 09:41:00,27.5,,France",
        "536414,22139,,56,2010-12-01 11:52:00,0,,United Kingdom",
        "536415,22139,,1.5,2010-12-01 11:52:00,0,1,United Kingdom",
      ].join("\n"),
      { format },
    );
    expect(answer).toMatchObject({
      orders: { ...none, inserted: 1, rejected: 1 },
      customers: { ...none, inserted: 1 },
      labels: { ...none, inserted: 3 },
      lines: 6,
      skipped: { cancelled: 2, no_customer: 1 },
      revenue: 11.91,
    });
    expect(await buyersOn(kit, "2010-12-02T00:00:00+08:00", { city: ["France"] })).toEqual(["17850"]);
    expect(await rejectsOf(answer)).toMatchObject([
      { line: "7", path: "quantity", code: "quantity.invalid", StockCode: "22139" },
    ]);
  });
});

test("names over several lines are folded; a bad one is named by its column", async () => {
  const header = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country";
  const row = (no: string, text: string) => `${no},1,"${text}",1,2010-12-01 08:26:00,2,17850,"United\tKingdom"`;
  const rows = [header, row("1", "RED\tLAMP\nwith  switch"), row("2", "bell \u0007")];
  const { kit, answer } = await imported(rows.join("\n"), { format: ORDER_PRESETS["online-retail"] });
  expect(answer.orders).toEqual({ ...none, inserted: 1, rejected: 1 });
  expect(await rejectsOf(answer)).toMatchObject([{ path: "description", InvoiceNo: "2" }]);
  const { orders, labels } = await kit.customers.export("17850");
  expect(orders[0]?.lines[0]?.name).toBe("RED LAMP with  switch");
  expect(labels.map(({ key }) => key)).toEqual(["United Kingdom"]);
});
