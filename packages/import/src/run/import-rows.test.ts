import { createRecallKit, silentLogger } from "@recallkit/core";
import { memoryStores } from "@recallkit/core/memory";
import { describe, expect, test } from "vitest";
import { encoded, testFile } from "../test-files.js";
import type { ImportProgress, RejectedRow } from "./import-options.js";
import { withImport } from "./with-import.js";

const shop = () => withImport(createRecallKit({ stores: memoryStores(), logger: silentLogger }));
const none = { inserted: 0, updated: 0, unchanged: 0 };

/** Keeps rejected rows. */
function kept() {
  const rows: RejectedRow[] = [];
  return {
    rows,
    begin: async () => {
      rows.length = 0;
    },
    add: async (row: RejectedRow) => {
      rows.push(row);
    },
  };
}

const ORDERS = [
  "订单号,客户编号,下单时间,实付金额,订单状态,商品编码",
  "A1,c1,2026/3/1 9:00,12.50,交易成功,s1",
  'A2,c2,2026/3/2 9:00,"1,007.00",PAID,s2',
  "A3,c3,2026/3/32 9:00,7,PAID,s2",
  `A4,${"c".repeat(256)},2026/3/2 9:00,7,PAID,s2`,
  `A5,c5,2026/3/2 9:00,7,PAID,s2`,
  `A5,c5,2026/3/2 9:00,8,PAID,${"s".repeat(256)}`,
].join("\n");

describe("an import of orders", () => {
  test("takes what is right and says what it did not take", async () => {
    const kit = shop();
    const rejects = kept();
    const result = await kit.import(testFile(encoded(ORDERS, "gb18030")), {}, { rejects });
    expect(result).toMatchObject({
      kind: "orders",
      dryRun: false,
      rows: 6,
      inserted: 3,
      refused: 2,
      rejectedRows: 2,
      customers: { ...none, inserted: 3 },
      labels: { ...none, inserted: 2 },
      amountMinor: 103_450,
      currency: "CNY",
    });
    expect(result.rejected.map(({ path, code, count, lines }) => [path, code, count, lines])).toEqual([
      ["ordered_at", "time.invalid", 1, [4]],
      ["customer_key", "key.too-long", 1, [5]],
    ]);
    expect(result.dropped).toEqual([{ path: "sku", code: "text.invalid", count: 1, lines: [7] }]);
    expect(rejects.rows.map(({ line, cells }) => [line, cells[0]])).toEqual([
      [4, "A3"],
      [5, "A4"],
    ]);
  });

  test("has the figures of the real run when it is rehearsed", async () => {
    const kit = shop();
    const file = testFile(ORDERS);
    const rehearsed = await kit.import(file, {}, { dryRun: true });
    expect(await kit.audience.count({ segment: { everybody: true } })).toBe(0);
    expect({ ...(await kit.import(file)), dryRun: true }).toEqual(rehearsed);
    expect(await kit.import(file)).toMatchObject({ inserted: 0, unchanged: 3, amountMinor: 103_450 });
  });

  test("asks about words that nobody has explained before anything is written", async () => {
    const kit = shop();
    const file = testFile(
      "订单号,客户编号,下单时间,实付金额,订单状态\nA1,c1,2026-03-01,1,已飞\nA2,c1,2026-03-01,1,PAID\n",
    );
    await expect(kit.import(file)).rejects.toMatchObject({
      code: "input.invalid",
      issues: [{ path: "statuses", code: "status.unknown", params: { word: "已飞", count: 1 } }],
    });
    expect(await kit.audience.count({ segment: { everybody: true } })).toBe(0);
    expect(await kit.import(file, {}, { unknownStatus: "cancelled" })).toMatchObject({ inserted: 2 });
    expect(await kit.import(file, { kind: "orders", statuses: { 已飞: "shipped" } })).toMatchObject({ updated: 1 });
  });

  test("tells rows and bytes, and ends when it is aborted; what was taken stays", async () => {
    const kit = shop();
    const rows = Array.from({ length: 1200 }, (_, n) => `A${n},c${n},2026-03-01,1`);
    const bytes = Buffer.from(["order_no,customer_key,ordered_at,amount", ...rows].join("\n"));
    const seen: ImportProgress[] = [];
    await kit.import(bytes, {}, { dryRun: true, onProgress: (one) => seen.push(one) });
    expect([...new Set(seen.map(({ phase }) => phase))]).toEqual(["judge", "write"]);
    expect(seen.at(-1)).toMatchObject({ phase: "write", bytes: bytes.length, totalBytes: bytes.length });
    const stop = new AbortController();
    const stopped = kit.import(
      bytes,
      {},
      {
        signal: stop.signal,
        onProgress: ({ phase, rows }) => phase === "write" && rows >= 1000 && stop.abort(new Error("enough")),
      },
    );
    await expect(stopped).rejects.toThrow("enough");
    expect(await kit.import(bytes)).toMatchObject({ rows: 1200, customers: { inserted: expect.any(Number) } });
    expect(await kit.audience.count({ segment: { everybody: true } })).toBe(1200);
  });
});

test("several files are one import, and columns that are missing are named at once", async () => {
  const kit = shop();
  const files = ["c1", "c2"].map((key) => testFile(`客户编号,姓名,手机号\n${key},甲,1380013800${key.slice(1)}\n`));
  expect(await kit.import(files)).toMatchObject({ kind: "customers", rows: 2, inserted: 2 });
  await expect(kit.import(Buffer.from("a,b\n1,2\n"), {}, { kind: "orders" })).rejects.toMatchObject({
    issues: [{ path: "columns.customer_key" }, { path: "columns.ordered_at" }, { path: "columns.amount" }],
  });
});
