import { RecallKitError } from "@recallkit/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { encoded, gzipped, opened, rowsOf, zipped } from "../test-files.js";

const WORDS = {
  chinese: [
    "上海门店",
    "北京",
    "猫粮",
    "交易成功",
    "张伟",
    "李娜，备注",
    "两件装（大）",
    "广州市天河区",
    "已付款",
    "客户",
  ],
  taiwanese: ["臺北門市", "陳怡君", "貓糧", "已出貨", "訂單", "高雄市前鎮區", "林志明", "信用卡付款"],
  european: ["Müller", "Crème brûlée", "Málaga", "naïve café", "Zürich", "Peña", "£5 off", "Straße", "Sørensen"],
  emoji: ["🎁 gift", "好评👍", "❤️", "👨‍👩‍👧", "ok 🙂"],
  ascii: ["abc", "5 nail", "x y", "A-1", "hello", "17850", "0012", "2026-01-05 09:00:00", "-3.50", ""],
};
type WordKind = keyof typeof WORDS;

const ENCODINGS: readonly (readonly [encoding: string, words: readonly WordKind[]])[] = [
  ["utf-8", ["chinese", "taiwanese", "european", "emoji", "ascii"]],
  ["utf-16le", ["chinese", "taiwanese", "european", "emoji", "ascii"]],
  ["utf-16be", ["chinese", "taiwanese", "european", "emoji", "ascii"]],
  ["gb18030", ["chinese", "ascii"]],
  ["gb18030", ["chinese", "emoji", "ascii"]],
  ["big5", ["taiwanese", "ascii"]],
  ["windows-1252", ["european", "ascii"]],
];
const HEADERS: readonly (readonly string[])[] = [
  ["order_no", "customer_key", "amount", "note", "store"],
  ["订单编号", "客户姓名", "金额", "备注", "门店"],
  ["訂單編號", "客戶姓名", "金額", "備註", "門市"],
];

const dialects = fc.record({
  encoding: fc.constantFrom(...ENCODINGS),
  withMark: fc.boolean(),
  delimiter: fc.constantFrom(",", ";", "\t", "|"),
  quoting: fc.constantFrom("needed", "always"),
  lineEnd: fc.constantFrom("\n", "\r\n", "\r", "\r\r\n"),
  header: fc.nat(2),
  title: fc.constantFrom([], ["Export"], ["订单导出", "2026-01-01"], ["", "Orders 2026"]),
  hasSep: fc.boolean(),
  trailing: fc.constantFrom("", "end", "ctrl-z", "blank cells"),
  pack: fc.constantFrom("none", "none", "gzip", "zip"),
  picks: fc.array(fc.tuple(fc.nat(), fc.nat(), fc.nat(), fc.nat(3)), { minLength: 1, maxLength: 30 }),
});
type Dialect = typeof dialects extends fc.Arbitrary<infer T> ? T : never;

interface Written {
  readonly bytes: Buffer;
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** Writes a table as an export of this dialect would. */
async function written(dialect: Dialect): Promise<Written> {
  const [encoding, kinds] = dialect.encoding;
  const words = kinds.flatMap((kind) => WORDS[kind]);
  const canWrite = (text: string) => !encoded(text, encoding).includes("?") || text.includes("?");
  const header = HEADERS.slice(0, dialect.header + 1).findLast((names) => names.every(canWrite)) ?? HEADERS[0]!;
  const word = (pick: number) => words[pick % words.length]!;
  const rows = dialect.picks.map(([a, b, c, d]) => {
    const note = [word(b), `${word(b)} "${word(c)}"`, `${word(b)}${dialect.delimiter} x`, `${word(b)}\r\nnext`][d]!;
    return [`A${a % 1000}`, word(a), `${c % 500}.5`, note, word(c)];
  });
  const line = (cells: readonly string[]) => cells.map((cell) => quoted(cell, dialect)).join(dialect.delimiter);
  const lines = [
    ...(dialect.hasSep ? [`sep=${dialect.delimiter}`] : []),
    ...dialect.title.filter(canWrite),
    line(header),
    ...rows.map((row) => line(row) + (dialect.trailing === "blank cells" ? dialect.delimiter.repeat(2) : "")),
  ];
  const end = { "": "", end: dialect.lineEnd, "ctrl-z": `${dialect.lineEnd}\x1a`, "blank cells": dialect.lineEnd };
  const text = lines.join(dialect.lineEnd) + end[dialect.trailing as keyof typeof end];
  const mark = dialect.withMark && encoding.startsWith("utf") ? "\ufeff" : "";
  const plain = encoded(mark + text, encoding);
  const bytes =
    dialect.pack === "gzip" ? gzipped(plain) : dialect.pack === "zip" ? await zipped({ "订单.csv": plain }) : plain;
  return { bytes, header, rows };
}

function quoted(cell: string, { delimiter, quoting }: Dialect): string {
  const needsQuotes = quoting === "always" || cell.includes('"') || cell.includes(delimiter) || /[\r\n]/.test(cell);
  return needsQuotes ? `"${cell.replaceAll('"', '""')}"` : cell;
}

test("reads tables in 600 dialects exactly, or says why not", { timeout: 120_000 }, async () => {
  let exact = 0;
  await fc.assert(
    fc.asyncProperty(dialects, async (dialect) => {
      const { bytes, header, rows } = await written(dialect);
      try {
        const table = await opened(bytes);
        expect(table.columns).toEqual(header);
        const read = await rowsOf(table);
        // A row that is given up is told; every other one is right, and in its place.
        expect(read).toHaveLength(rows.length);
        for (const [at, row] of read.entries()) {
          if ("cells" in row) expect(row.cells).toEqual(rows[at]);
        }
        exact += 1;
      } catch (error) {
        if (!RecallKitError.is(error)) throw error;
        expect(error.hint).toBeTruthy();
      }
    }),
    { numRuns: 600, seed: 13 },
  );
  expect(exact).toBeGreaterThanOrEqual(570);
});
