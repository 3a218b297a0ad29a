import { expect, test } from "vitest";
import { firstRejected, recordReader } from "./rejected-rows";

test("records are read whatever pieces they come in", () => {
  const text = 'a,"b, ""c""\nd",\r\n"",x,"y"\r\n';
  for (let size = 1; size <= text.length; size++) {
    const records: string[][] = [];
    const take = recordReader((record) => records.push(record));
    for (let at = 0; at < text.length; at += size) take(text.slice(at, at + size));
    expect(records, `pieces of ${size}`).toEqual([
      ["a", 'b, "c"\nd', ""],
      ["", "x", "y"],
    ]);
  }
});

test("a rejected row tells its line, its column and its value; no more is read than is shown", async () => {
  let pieces = 0;
  const stream = new ReadableStream<Uint8Array>({
    pull(controller) {
      const header = "\ufeff订单号,金额,reject_line,reject_path,reject_code,reject_message\r\n";
      const row = `A${pieces},"1,2.50",${pieces + 2},amount,amount.invalid,金额无法识别\r\n`;
      controller.enqueue(new TextEncoder().encode(pieces++ === 0 ? header + row : row));
    },
  });
  const rows = await firstRejected(stream, (path) => (path === "amount" ? "金额" : ""), 3);
  const told = { column: "金额", value: "1,2.50", code: "amount.invalid", message: "金额无法识别" };
  expect(rows).toEqual([2, 3, 4].map((line) => ({ line, ...told })));
  expect(pieces).toBeLessThan(20);
});
