import { expect, test } from "vitest";
import type { ReadItem } from "../reading/reading.js";
import { feed } from "./feed.js";
import type { RejectedRow } from "./import-options.js";

/** Orders of as many rows as told; the lines go on from 2. */
async function* orders(...sizes: readonly number[]): AsyncGenerator<ReadItem<number>> {
  let line = 2;
  for (const [row, size] of sizes.entries()) {
    const source = Array.from({ length: size }, () => ({ file: 0, line, cells: [`row ${line++}`] }));
    yield { kind: "taken", file: 0, line: source[0]?.line ?? 0, lines: [], source, row, dropped: [] };
  }
}

test("rows of what the kit refuses are found, chunk by chunk", async () => {
  const written: RejectedRow[] = [];
  const rejects = { begin: async () => {}, add: async (row: RejectedRow) => void written.push(row) };
  const fed = feed(orders(1, 2, 1, 1), (row) => [row], { rejects });
  const rows = fed.rows[Symbol.asyncIterator]();
  const take = async () => (await rows.next()).value as number;
  expect([await take(), await take()]).toEqual([0, 1]);
  const fault = { code: "custom", message: "is wrong" };
  fed.options.onFaults?.({ rejected: [{ index: 1, path: "lines.1.sku", ...fault }], dropped: [] });
  fed.options.onProgress?.({ rows: 2 });
  expect([await take(), await take()]).toEqual([2, 3]);
  fed.options.onFaults?.({ rejected: [{ index: 3, path: "buyer.mobile", ...fault }], dropped: [] });
  fed.options.onProgress?.({ rows: 4 });
  await fed.end();
  expect(written.map(({ line, path, code, message }) => [line, path, code, message])).toEqual([
    [3, "", "order.rejected", "line 4 of the same order is wrong"],
    [4, "sku", "custom", "is wrong"],
    [6, "mobile", "custom", "is wrong"],
  ]);
  expect([fed.refused(), fed.rejectedRows()]).toEqual([2, 3]);
});

test("a row that the kit takes for several is refused once", async () => {
  const fed = feed(orders(1), () => ["mobile", "email"], {});
  for await (const _ of fed.rows);
  const fault = { path: "address", code: "custom", message: "is wrong" };
  fed.options.onFaults?.({ rejected: [0, 1].map((index) => ({ index, ...fault })), dropped: [] });
  expect([fed.refused(), fed.rejected.all().map(({ count, lines }) => [count, lines])]).toEqual([1, [[1, [2]]]]);
});
