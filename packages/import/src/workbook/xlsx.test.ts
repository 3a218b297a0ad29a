import { expect, test } from "vitest";
import { QuestionError } from "../source/import-error.js";
import { cellsOf, opened, refusalOf, rowsOf, zipped } from "../test-files.js";
import { testWorkbook, textRow } from "./test-workbook.js";

const HEADER = textRow(1, ["no", "value"]);
const one = (rows: string, more: object = {}) =>
  testWorkbook({ sheets: [{ name: "Sheet1", rows: HEADER + rows }], ...more });
const row = (cells: string, line = 2) => `<row r="${line}">${cells}</row>`;

test("reads texts in place, shared ones, and rich ones without their readings", async () => {
  const rows = row('<c r="A2" t="s"><v>0</v></c><c r="B2" t="s"><v>1</v></c>');
  const texts = ["<t>A1</t>", '<r><t>上海</t></r><r><t xml:space="preserve"> 仓</t></r><rPh><t>ignored</t></rPh>'];
  expect(await cellsOf(await one(rows, { texts }))).toEqual([["A1", "上海 仓"]]);
});

test("reads escaped characters and entities", async () => {
  expect(await cellsOf(await one(textRow(2, ["a_x000A_b", "&lt;&amp;&#x732B;"])))).toEqual([["a\nb", "<&猫"]]);
});

test.each([
  ["13800000000", "13800000000"],
  ["1.38E10", "13800000000"],
  ["2.5499999999999998", "2.55"],
  ["1E-7", "0.0000001"],
  ["-1.5E3", "-1500"],
  ["1.2345E+2", "123.45"],
  ["17850.0", "17850"],
])("writes the number %s in plain digits", async (stored, plain) => {
  expect(await cellsOf(await one(row(`<c r="A2"><v>1</v></c><c r="B2"><v>${stored}</v></c>`)))).toEqual([["1", plain]]);
});

test("warns of numbers that lost digits, and errors and formulas without a value, which are blank", async () => {
  const rows =
    row('<c r="A2"><v>202601050000000000</v></c><c r="B2" t="e"><v>#N/A</v></c>') +
    row('<c r="A3"><v>1</v></c><c r="B3"><f>SUM(A1)</f></c>', 3) +
    row('<c r="A4"><v>2</v></c><c r="B4"><f>SUM(A1)</f><v>7</v></c>', 4);
  const table = await opened(await one(rows));
  const read = await rowsOf(table);
  expect(read.map((one) => "cells" in one && one.cells)).toEqual([
    ["202601050000000000", ""],
    ["1", ""],
    ["2", "7"],
  ]);
  const warnings = [
    { code: "cell.lost-digits", count: 1, lines: [2] },
    { code: "cell.error", count: 1, lines: [2] },
    { code: "cell.no-value", count: 1, lines: [3] },
  ];
  expect(table.warnings).toEqual(warnings);
  await rowsOf(table);
  expect(table.warnings).toEqual(warnings);
});

test.each([
  ["yyyy\\-mm\\-dd\\ hh:mm", "40513.351388888892", "2010-12-01T08:26:00"],
  ["m/d/yy h:mm", "40513.351388888885", "2010-12-01T08:26:00"],
  ['yyyy"年"m"月"d"日"', "40513", "2010-12-01"],
  ["[$-804]yyyy/m/d;@", "40513", "2010-12-01"],
  ["yyyy-mm-dd", "40513.5", "2010-12-01T12:00:00"],
  ["yyyy-mm-dd hh:mm", "40513", "2010-12-01T00:00:00"],
  ["h:mm:ss", "0.351388888888889", "08:26:00"],
  ["[h]:mm", "1.5", "1.5"],
  ["#,##0.00", "40513", "40513"],
  ['0.00"h"', "3", "3"],
  ["[Red]0.00", "3", "3"],
  ["General", "40513", "40513"],
  ["000000", "123", "000123"],
])("reads a cell in the format %s as what it shows", async (code, stored, text) => {
  const rows = row(`<c r="A2"><v>1</v></c><c r="B2" s="1"><v>${stored}</v></c>`);
  expect(await cellsOf(await one(rows, { formats: [code] }))).toEqual([["1", text]]);
});

test("counts dates of old Macs from 1904, and days before March 1900 as Excel shows them", async () => {
  const rows = (serial: number) => row(`<c r="A2"><v>1</v></c><c r="B2" s="1"><v>${serial}</v></c>`);
  const formats = ["yyyy-mm-dd"];
  expect(await cellsOf(await one(rows(39051), { formats, is1904: true }))).toEqual([["1", "2010-12-01"]]);
  expect(await cellsOf(await one(rows(1), { formats }))).toEqual([["1", "1900-01-01"]]);
  expect(await cellsOf(await one(rows(61), { formats }))).toEqual([["1", "1900-03-01"]]);
  expect(await cellsOf(await one(rows(60), { formats }))).toEqual([["1", "60"]]);
});

test("keeps columns in place around blank cells, and the number of the row", async () => {
  const rows = row('<c r="C7"><v>3</v></c>', 7);
  const sheets = [{ name: "S", rows: textRow(1, ["a", "b", "c"]) + rows }];
  expect(await rowsOf(await opened(await testWorkbook({ sheets })))).toEqual([{ line: 7, cells: ["", "", "3"] }]);
});

test("passes over a merged title above the header", async () => {
  const rows = `${textRow(1, ["2026 orders"])}${textRow(3, ["no", "date", "amount"])}<row r="4"><c><v>1</v></c><c><v>2</v></c><c><v>3</v></c></row>`;
  const table = await opened(
    await testWorkbook({ sheets: [{ name: "S", rows, after: '<mergeCells><mergeCell ref="A1:C1"/></mergeCells>' }] }),
  );
  expect(table.header).toEqual({ line: 3, skipped: [1] });
  expect(table.columns).toEqual(["no", "date", "amount"]);
});

const filled = HEADER + textRow(2, ["A1", "x"]);

test("takes the only sheet with rows in sight", async () => {
  const sheets = [
    { name: "说明", rows: "" },
    { name: "订单", rows: filled },
    { name: "old", rows: filled, state: "hidden" as const },
  ];
  const table = await opened(await testWorkbook({ sheets }));
  expect(table).toMatchObject({ format: "xlsx", sheet: "订单", sheets: ["说明", "订单", "old"] });
});

test("asks which sheet, and takes its name or number", async () => {
  const sheets = ["一月", "二月"].map((name) => ({ name, rows: HEADER + textRow(2, [name, "x"]) }));
  const book = await testWorkbook({ sheets });
  const error = await refusalOf(book);
  expect(error).toMatchObject({ code: "import.sheet-ambiguous", asks: "sheet" });
  expect(QuestionError.is(error) && error.candidates).toEqual([
    { value: "一月", sample: "no | value" },
    { value: "二月", sample: "no | value" },
  ]);
  expect(await cellsOf(book, { sheet: "二月" })).toEqual([["二月", "x"]]);
  expect(await cellsOf(book, { sheet: "1" })).toEqual([["一月", "x"]]);
  expect(await refusalOf(book, { sheet: "三月" })).toMatchObject({ code: "import.sheet-unknown" });
});

test("keeps many shared texts in a file instead of memory", async () => {
  const count = 3000;
  const texts = Array.from({ length: count }, (_, at) => `<t>文 ${at}</t>`);
  const rows = texts.map((_, at) => row(`<c t="s"><v>${count - 1 - at}</v></c><c><v>${at}</v></c>`, at + 2)).join("");
  const cells = await cellsOf(await one(rows, { texts }), { limits: { sharedTextBytes: 100 } });
  expect(cells).toHaveLength(count);
  expect(cells[0]).toEqual([`文 ${count - 1}`, "0"]);
  expect(cells.at(-1)).toEqual(["文 0", String(count - 1)]);
});

test("comes to the end of a million blank rows", async () => {
  const rows = Array.from({ length: 1_000_000 }, (_, at) => `<row r="${at + 3}"/>`).join("");
  expect(await cellsOf(await one(textRow(2, ["A1", "x"]) + rows))).toEqual([["A1", "x"]]);
});

test("refuses a workbook that is no .xlsx, with what to do", async () => {
  const others: [Record<string, string>, string][] = [
    [{ "[Content_Types].xml": "", "xl/workbook.bin": "" }, "xlsb"],
    [{ mimetype: "", "content.xml": "" }, "ods"],
  ];
  for (const [files, kind] of others) {
    const error = await refusalOf(await zipped(files));
    expect(error).toMatchObject({ code: "import.legacy-workbook", hint: expect.stringContaining(".xlsx") });
    expect(error.message).toContain(kind);
  }
  expect(await refusalOf(await zipped({ "[Content_Types].xml": "", "word/document.xml": "" }))).toMatchObject({
    code: "import.binary",
  });
});

test("refuses a workbook of Excel 2003, or with a password", async () => {
  const container = Buffer.concat([Buffer.from("d0cf11e0a1b11ae1", "hex"), Buffer.alloc(600)]);
  expect(await refusalOf(container)).toMatchObject({ code: "import.legacy-workbook" });
  const locked = Buffer.concat([container, Buffer.from("EncryptedPackage", "utf16le")]);
  expect(await refusalOf(locked)).toMatchObject({ code: "import.encrypted" });
});

test("refuses a damaged workbook", async () => {
  const missing = await one(row('<c t="s"><v>5</v></c>'), { texts: [] });
  expect(await refusalOf(missing)).toMatchObject({ code: "import.damaged-workbook" });
  const noParts = await zipped({ "[Content_Types].xml": "", "xl/workbook.xml": "" });
  expect(await refusalOf(noParts)).toMatchObject({ code: "import.damaged-workbook" });
  const whole = await one(textRow(2, ["A1", "x"]));
  expect(await refusalOf(whole.subarray(0, whole.length - 40))).toMatchObject({ code: "import.damaged-zip" });
});
