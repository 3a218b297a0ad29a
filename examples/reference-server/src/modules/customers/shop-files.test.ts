import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { createRecallKit, silentLogger } from "@recallkit/core";
import { sqliteStores } from "@recallkit/storage-adapters/sqlite";
import { describe, expect, test } from "vitest";
import { commandLine } from "../../testing/command-line.js";

/** A shop whose files are imported by the command line, and what its database holds then. */
async function shop() {
  const { run, folder, file } = await commandLine();
  const path = (name: string) => join(folder, name);
  const put = (name: string, content: string | Uint8Array) => {
    writeFileSync(path(name), content);
    return path(name);
  };
  /** Imports what a file holds; faults show what was said. */
  async function imported(kind: string, content: string | Uint8Array, ...options: readonly string[]) {
    const done = await run("import", kind, put(`${kind}.csv`, content), ...options);
    const { code, stdout, stderr } = done;
    return { code, stdout, stderr, answer: stdout === "" ? {} : done.answer };
  }
  async function person(key: string) {
    const stores = await sqliteStores({ file });
    const kit = createRecallKit({ stores, logger: silentLogger });
    const found = await kit.customers.export(key).finally(() => kit.close());
    const orders = found.orders.map(({ externalId, orderedAt, amountMinor, refundedMinor, status }) => ({
      externalId,
      orderedAt: new Date(orderedAt).toISOString(),
      net: (amountMinor - refundedMinor) / 100,
      status,
    }));
    return {
      identities: found.customer.identities,
      name: found.customer.name,
      orders,
      labels: found.labels.map(({ key }) => key),
      attributes: found.attributes,
    };
  }
  return { run, put, path, imported, person };
}

const rows = (...lines: readonly string[]) => `${lines.join("\n")}\n`;
/** 订单号,客户编号,下单时间,实付金额 and an order of 王 in GB18030. */
const GBK = Buffer.concat([
  Buffer.from("b6a9b5a5bac52cbfcdbba7b1e0bac52ccfc2b5a5cab1bce42ccab5b8b6bdf0b6ee0a", "hex"),
  Buffer.from("d0c2313030312ccdf5c3f12c323032362d30312d30352031303a30303a30302c38382e350a", "hex"),
]);

describe("encodings and containers", () => {
  test("GBK without any mark is read as what it is", async () => {
    const { imported, person } = await shop();
    expect((await imported("orders", GBK)).answer).toMatchObject({ orders: { inserted: 1 }, revenue: 88.5 });
    expect((await person("王民")).orders).toMatchObject([
      { externalId: "新1001", orderedAt: "2026-01-05T02:00:00.000Z" },
    ]);
  });

  test.each([
    [
      "UTF-16 with tabs",
      Buffer.from("\ufefforder_no\tcustomer_key\tordered_at\tamount\r\nN1\tk1\t2026-01-05\t12.5\r\n", "utf16le"),
    ],
    ["a sep= line", "sep=;\norder_no;customer_key;ordered_at;amount\nN1;k1;2026-01-05;12.5\n"],
    ["gzip", gzipSync("order_no,customer_key,ordered_at,amount\nN1,k1,2026-01-05,12.5\n")],
    [
      "a web page",
      "<html><table><tr><th>order_no<th>customer_key<th>ordered_at<th>amount<tr><td>N1<td>k1<td>2026-01-05<td>12.5</table>",
    ],
    ["lines above the header", "月度报表\n\norder_no,customer_key,ordered_at,amount\nN1,k1,2026-01-05,12.5\n"],
  ])("%s", async (_, content) => {
    const { imported, person } = await shop();
    expect((await imported("orders", content)).answer).toMatchObject({
      orders: { inserted: 1, rejected: 0 },
      revenue: 12.5,
    });
    expect((await person("k1")).orders).toMatchObject([{ externalId: "N1" }]);
  });

  test("Latin-1 names keep their accents", async () => {
    const { imported, person } = await shop();
    const header = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country";
    const lines = ["1,7,PÂTÉ À LA CRÈME,2,3/15/2011 9:05,1.5,44,Réunion", "2,8,CAFÉ MUG,1,3/16/2011 9:05,2,44,Réunion"];
    const { answer, stderr } = await imported(
      "orders",
      Buffer.from(rows(header, ...lines), "latin1"),
      "--preset",
      "online-retail",
      "--encoding",
      "latin1",
    );
    expect([answer, stderr]).toMatchObject([{ orders: { inserted: 2 }, revenue: 5 }, expect.any(String)]);
    const { labels, orders } = await person("44");
    expect(labels).toEqual(["Réunion"]);
    expect(orders[0]?.orderedAt).toBe("2011-03-15T01:05:00.000Z");
  });
});

describe("values", () => {
  test.each([
    "2026/2/7 8:05",
    "2026-2-7 08:05:00",
    "2026年2月7日 8:05",
    "20260207080500",
    "46060.336805556",
    "2026-02-07 08:05:00 +0800",
    "2026-02-07 00:05:00.123456+00",
    "1770422700000",
  ])("the time %s is told by its column", async (text) => {
    const { imported, person } = await shop();
    await imported("orders", rows("order_no,customer_key,ordered_at,amount", `T1,k1,${text},1`));
    expect((await person("k1")).orders[0]?.orderedAt.slice(0, 16)).toBe("2026-02-07T00:05");
  });

  test("day and month in doubt are asked about before anything is written, and an option answers", async () => {
    const { imported, person } = await shop();
    const file = rows("order_no,customer_key,ordered_at,amount", "T1,k1,3/4/2026 10:00,1", "T2,k1,5/6/2026 10:00,1");
    const asked = await imported("orders", file);
    expect([asked.code, asked.stdout]).toEqual([2, ""]);
    expect(asked.stderr).toContain("--date-format mdy");
    await imported("orders", file, "--date-format", "dmy");
    expect((await person("k1")).orders.map(({ orderedAt }) => orderedAt.slice(0, 10))).toEqual([
      "2026-04-03",
      "2026-06-05",
    ]);
  });

  test("keys that a spreadsheet has shortened are refused by name, and nobody is merged", async () => {
    const { imported } = await shop();
    const people = rows("customer_key,name", "1.52E+10,甲", "1.52E+10,乙", "15200000001,丙");
    const { answer, stderr } = await imported("customers", people);
    expect(answer).toMatchObject({
      customers: { inserted: 1, rejected: 2 },
      rejected: [{ code: "key.damaged", lines: [2, 3] }],
    });
    expect(stderr).toContain("丢失了数字");
  });

  test("phones of platforms: what is none costs the value, not the person", async () => {
    const { imported, person } = await shop();
    const phones = [
      "13912345678.0",
      "139****5678",
      "无",
      "010-88886666",
      "13912345670 / 13912345671",
      "+86 139-1234-5672",
    ];
    const people = rows(
      "customer_key,mobile,external_userid",
      ...phones.map((phone, at) => `p${at},${phone},wm_${at}`),
    );
    const { answer } = await imported("customers", people);
    expect(answer).toMatchObject({ customers: { inserted: 6, rejected: 0 }, rejects: 0 });
    expect((await person("p0")).identities).toEqual({ mobile: "+8613912345678", external_userid: "wm_0" });
    for (const key of ["p1", "p2", "p3", "p4"]) expect((await person(key)).identities.mobile).toBeUndefined();
    expect((await person("p5")).identities.mobile).toBe("+8613912345672");
  });

  test("a wrong e-mail or birthday is dropped, --strict rejects its row", async () => {
    const { imported, person } = await shop();
    const people = rows("customer_key,email,birthday", "e1,who@,1990-02-30", "e2,a@example.com,1990/2/3");
    const { answer } = await imported("customers", people);
    expect(answer).toMatchObject({ customers: { inserted: 2 }, dropped: [{ path: "email" }, { path: "birthday" }] });
    expect((await person("e1")).identities).toEqual({});
    expect((await imported("customers", people, "--strict")).answer).toMatchObject({ customers: { rejected: 1 } });
  });

  test("NULL and \\N of databases are nothing", async () => {
    const { imported, person } = await shop();
    const people = rows("customer_key,name,external_userid,mobile,city", "n1,Null,NULL,\\N,NULL", "n2,乙,NULL,N/A,-");
    expect((await imported("customers", people)).answer).toMatchObject({ customers: { inserted: 2, rejected: 0 } });
    expect(await person("n1")).toMatchObject({ identities: {}, labels: [] });
  });

  test("short rows are filled, long ones rejected with their line", async () => {
    const { imported } = await shop();
    const people = rows("customer_key,name,city", "s1,甲,上海", "s2", "s3,乙", "s4,丙,北京,x");
    expect((await imported("customers", people)).answer).toMatchObject({
      customers: { inserted: 3, rejected: 1 },
      rejected: [{ code: "row.too-long", lines: [5] }],
    });
  });
});

describe("orders of platforms", () => {
  test("Shopify: further lines carry on, part of an order given back", async () => {
    const { imported, person } = await shop();
    const file = rows(
      "Name,Email,Financial Status,Created at,Total,Refunded Amount,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku",
      "#7,amy@example.com,paid,2026-01-09 10:00:00 +0800,45.00,0.00,1,Mug,20.00,MUG",
      "#7,amy@example.com,,,,,1,Pot,25.00,POT",
      "#8,bob@example.com,partially_refunded,2026-01-10 10:00:00 +0800,90.00,30.00,1,Pan,90.00,PAN",
      "#9,cat@example.com,refunded,2026-01-11 10:00:00 +0800,10.00,10.00,1,Mug,10.00,MUG",
    );
    expect((await imported("orders", file)).answer).toMatchObject({ orders: { inserted: 3, rejected: 0 } });
    expect((await person("amy@example.com")).orders).toMatchObject([{ externalId: "#7", net: 45, status: "paid" }]);
    expect((await person("bob@example.com")).orders).toMatchObject([{ net: 60, status: "partially_refunded" }]);
    expect((await person("cat@example.com")).orders).toMatchObject([{ net: 0, status: "refunded" }]);
  });

  test("WooCommerce: totals that are repeated count once, negative orders are no purchases", async () => {
    const { imported, person } = await shop();
    const file = rows(
      "order_id,order_date,status,customer_id,order_total,item_sku",
      "501,2026-01-09 10:00,wc-completed,w1,70.00,A",
      "501,2026-01-09 10:00,wc-completed,w1,70.00,B",
      "502,2026-01-09 11:00,Processing,w2,30.00,A",
      "503,2026-02-09 11:00,wc-refunded,w1,-70.00,A",
    );
    const { answer } = await imported("orders", file, "--amount", "order");
    expect(answer).toMatchObject({
      orders: { inserted: 2, rejected: 1 },
      rejected: [{ code: "refund.without-order" }],
      revenue: 100,
    });
    expect((await person("w1")).orders).toMatchObject([{ externalId: "501", net: 70, status: "completed" }]);
    expect((await person("w2")).orders).toMatchObject([{ status: "paid" }]);
  });

  test("words of Taobao and Youzan are known; others refuse the import until they are explained", async () => {
    const { imported, person } = await shop();
    const file = rows(
      "order_no,customer_key,ordered_at,amount,status",
      "S1,k1,2026-01-09,1,交易成功",
      "S2,k2,2026-01-09,1,卖家已发货，等待买家确认",
      "S3,k3,2026-01-09,1,COMPLETED",
      "S4,k4,2026-01-09,1,已云端",
    );
    const asked = await imported("orders", file);
    expect([asked.code, asked.stdout]).toEqual([2, ""]);
    expect(asked.stderr).toContain("状态「已云端」（1 行，第 5 行起）是什么意思？");
    const { answer } = await imported("orders", file, "--status", "已云端=shipped");
    expect(answer).toMatchObject({ orders: { inserted: 4 } });
    const statuses = await Promise.all(["k1", "k2", "k3", "k4"].map((key) => person(key)));
    expect(statuses.map(({ orders }) => orders[0]?.status)).toEqual(["completed", "shipped", "completed", "shipped"]);
  });

  test("a refund is a column, a negative line or a line with its own status", async () => {
    const { imported, person } = await shop();
    await imported("orders", rows("order_no,customer_key,ordered_at,amount,status", "R1,k1,2026-01-09,80,paid"));
    const header = "order_no,customer_key,ordered_at,amount,status,sku";
    const refunds = [
      rows(
        "order_no,customer_key,ordered_at,amount,status,refunded,refunded_at",
        "R1,k1,2026-01-09,80,paid,80,2026-01-20",
      ),
      rows(header, "R1,k1,2026-01-09,80,paid,a", "R1,k1,2026-01-20,-80,paid,a"),
      rows(header, "R1,k1,2026-01-09,80,paid,a", "R1,k1,2026-01-20,-80,refunded,a"),
    ];
    for (const file of refunds) {
      const { answer, stderr } = await imported("orders", file, "--amount", "line");
      expect([answer, stderr]).toMatchObject([{ orders: { rejected: 0 } }, expect.any(String)]);
      expect((await person("k1")).orders).toMatchObject([{ externalId: "R1", net: 0 }]);
    }
  });

  test("an order over two files is one when they are given together, and never silently two halves", async () => {
    const { run, put, imported, person } = await shop();
    const header = "order_no,customer_key,ordered_at,amount,sku";
    const [first, second] = [
      rows(header, "X9,k1,2026-01-09,40,a"),
      rows(header, "X9,k1,2026-01-09,25,b", "X10,k2,2026-01-09,5,b"),
    ];
    const files = [put("a.csv", first), put("b.csv", second)];
    const refused = await run("import", "orders", ...files, "--amount", "line");
    expect(refused.answer).toMatchObject({
      orders: { inserted: 1, rejected: 1 },
      rejected: [{ code: "order.changed" }],
    });
    await run("import", "orders", ...files, "--amount", "line", "--on-change", "merge");
    expect((await person("k1")).orders).toMatchObject([{ externalId: "X9", net: 65 }]);
    expect((await imported("orders", first)).answer).toMatchObject({ orders: { updated: 1 } });
  });
});

describe("people", () => {
  const people = (...lines: readonly string[]) => rows("customer_key,name,external_userid,city", ...lines);

  test("live in one city, the last one told", async () => {
    const { imported, person } = await shop();
    for (const city of ["成都", "重庆"]) await imported("customers", people(`m1,甲,,${city}`));
    expect((await person("m1")).labels).toEqual(["重庆"]);
  });

  test("have attributes of the shop's own, of the type that is told", async () => {
    const { imported, person } = await shop();
    const file = rows(
      "customer_key,name,会员等级,积分,入会日,付费会员",
      'a1,甲,2026-01-01,"1,200.50",2025/3/4,是',
      "a2,乙,金卡,many,,否",
    );
    const named = ["level=会员等级:text", "points=积分:number", "joined=入会日:date", "paid=付费会员:boolean"];
    const options = named.flatMap((one) => ["--attribute", one]);
    const { answer } = await imported("customers", file, ...options);
    expect(answer).toMatchObject({
      customers: { inserted: 2 },
      dropped: [{ path: "points", code: "attribute.invalid", count: 1, lines: [3] }],
    });
    expect((await person("a1")).attributes).toEqual({
      level: "2026-01-01",
      points: 1200.5,
      joined: "2025-03-04",
      paid: true,
    });
    expect((await person("a2")).attributes).toEqual({ level: "金卡", paid: false });
    expect((await imported("customers", file, ...options)).answer).toMatchObject({ customers: { unchanged: 2 } });
    // A later file means another type by the same name.
    const later = await imported("customers", file, "--attribute", "points=会员等级:text");
    expect(later.answer).toMatchObject({
      dropped: [{ path: "points", code: "attribute.type", count: 2, lines: [2, 3] }],
    });
  });

  test("have attributes that their orders tell", async () => {
    const { imported, person } = await shop();
    const file = rows(
      "order_no,customer_key,ordered_at,amount,会员等级,积分",
      "A1,b1,2026-01-05 09:00,10,银卡,100",
      "A2,b1,2026-01-06 09:00,10,金卡,120",
      "A3,b2,2026-01-06 09:00,10,,many",
    );
    const options = ["--attribute", "level=会员等级", "--attribute", "points=积分:number"];
    const { answer } = await imported("orders", file, ...options);
    expect(answer).toMatchObject({
      customers: { inserted: 2 },
      orders: { inserted: 3 },
      dropped: [{ path: "points", code: "attribute.invalid", count: 1, lines: [4] }],
    });
    expect((await person("b1")).attributes).toEqual({ level: "金卡", points: 120 });
    expect((await imported("orders", file, ...options)).answer).toMatchObject({
      customers: { unchanged: 2 },
      orders: { unchanged: 3 },
    });
    const later = await imported("orders", file, "--attribute", "points=会员等级:text");
    expect(later.answer).toMatchObject({
      dropped: [{ path: "points", code: "attribute.type", count: 2, lines: [2, 3] }],
    });
  });

  test("keep an address that another file claims, until it is told to move", async () => {
    const { imported, person } = await shop();
    await imported("customers", people("old,甲,wm_7,"));
    const { answer } = await imported("customers", people("new,甲,wm_7,"));
    expect(answer).toMatchObject({
      customers: { inserted: 1, rejected: 0 },
      dropped: [{ path: "external_userid", code: "customer.identity-taken", count: 1, lines: [2] }],
    });
    expect([(await person("old")).identities, (await person("new")).identities]).toEqual([
      { external_userid: "wm_7" },
      {},
    ]);
    const moved = await imported("customers", people("new,甲,wm_7,"), "--on-identity-move", "move");
    expect(moved.answer).toMatchObject({ moved: 1, dropped: [] });
    expect([(await person("old")).identities, (await person("new")).identities]).toEqual([
      {},
      { external_userid: "wm_7" },
    ]);
  });

  test("swap their addresses when they may move", async () => {
    const { imported, person } = await shop();
    await imported("customers", people("s1,甲,wm_8,", "s2,乙,wm_9,"));
    await imported("customers", people("s1,甲,wm_9,", "s2,乙,wm_8,"), "--on-identity-move", "move");
    expect((await person("s1")).identities).toEqual({ external_userid: "wm_9" });
    expect((await person("s2")).identities).toEqual({ external_userid: "wm_8" });
  });
});

test("lists of opt-outs hold for people who come later", async () => {
  const { imported } = await shop();
  const list = rows("customer_key,mobile,reason", "later,,退订", ",13912345678,", ",12,");
  expect((await imported("suppressions", list)).answer).toMatchObject({
    suppressions: { inserted: 2, rejected: 1 },
    rejected: [{ path: "mobile", lines: [4] }],
  });
  expect((await imported("suppressions", list)).answer).toMatchObject({ suppressions: { inserted: 0, unchanged: 2 } });
});

describe("before and after", () => {
  test("inspect shows how a file is read, and its mapping imports it", async () => {
    const { run, put, path } = await shop();
    const file = put("o.csv", rows("单号,会员号,下单时间,实付金额,备注", "1,a,2026-01-09,5,x"));
    const { stdout, code } = await run("import", "inspect", file, "--write", path("mapping.json"));
    expect(code).toBe(0);
    expect(stdout).toContain("单号 → order_no（按列名）");
    expect(stdout).toContain("未使用的列：备注");
    const english = await run("import", "inspect", file, "--json", "--lang", "en");
    expect(english.answer).toMatchObject({
      rows: 1,
      missing: [],
      questions: [],
      file: { encoding: "utf-8", delimiter: "," },
    });
    const { answer } = await run("import", "orders", file, "--mapping", path("mapping.json"));
    expect(answer).toMatchObject({ orders: { inserted: 1 }, revenue: 5 });
  });

  test("a dry run has the figures of the real one and writes nothing", async () => {
    const { imported } = await shop();
    const file = rows("order_no,customer_key,ordered_at,amount,sku", "1,a,2026-01-09,5,x", "2,b,never,5,x");
    const figures = ({ seconds, peak_rss_mb, dry_run, ...rest }: Record<string, unknown>) => rest;
    const rehearsed = await imported("orders", file, "--dry-run");
    expect([rehearsed.answer.dry_run, rehearsed.stderr]).toEqual([true, expect.stringContaining("没有写入任何数据")]);
    expect(figures((await imported("orders", file)).answer)).toEqual(figures(rehearsed.answer));
    expect((await imported("orders", file, "--dry-run")).answer).toMatchObject({
      orders: { unchanged: 1, rejected: 1 },
    });
  });

  test("rejected rows go to a file for Excel that goes away with the last of them", async () => {
    const { imported, path } = await shop();
    await imported("customers", rows("customer_key,name", ",甲", "k,乙"));
    const rejects = path("customers.csv.rejects.csv");
    expect(readFileSync(rejects, "utf8")).toBe(
      "\ufeffcustomer_key,name,reject_line,reject_path,reject_code,reject_message\r\n,甲,2,customer_key,customer.missing,客户为空\r\n",
    );
    await imported("customers", rows("customer_key,name", "j,甲", "k,乙"));
    expect(existsSync(rejects)).toBe(false);
  });

  test("a file that is read in several ways is a question with its answers", async () => {
    const { imported } = await shop();
    const { code, stderr } = await imported("customers", rows("a;b,c", "1;2,3", "4;5,6"));
    expect(code).not.toBe(0);
    expect(stderr).toMatch(/--delimiter|--map customer_key/);
  });

  test("what is left out is named by the field, and a rejects file never overwrites what is imported", async () => {
    const { imported, path } = await shop();
    const lacking = await imported("orders", rows("order_no,amount", "1,2"));
    expect(lacking.stderr).toContain("没有找到 customer_key 的列；表头：order_no, amount");
    const same = await imported("orders", rows("order_no,amount", "1,2"), "--rejects", path("orders.csv"));
    expect([same.code, same.stderr]).toEqual([2, expect.stringContaining("--rejects")]);
  });
});
