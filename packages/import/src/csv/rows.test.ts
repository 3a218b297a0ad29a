import { expect, test } from "vitest";
import { cellsOf, opened, refusalOf, rowsOf } from "../test-files.js";

const bytes = (text: string) => Buffer.from(text);

test("goes by a sep= line", async () => {
  const table = await opened(bytes("sep=;\nno;name\nA1;a,b\n"));
  expect(table).toMatchObject({ delimiter: ";", columns: ["no", "name"], header: { line: 2, skipped: [] } });
  expect(await rowsOf(table)).toEqual([{ line: 3, cells: ["A1", "a,b"] }]);
});

test.each([",", ";", "\t", "|"])("finds %j between cells", async (delimiter) => {
  const amount = (text: string) => (delimiter === "," ? `"${text}"` : text);
  const lines = [
    ["no", "amount", "note"],
    ["A1", amount("1,5"), "x"],
    ["A2", amount("2,25"), "y"],
  ];
  const text = lines.map((cells) => cells.join(delimiter)).join("\n");
  expect(await cellsOf(bytes(text))).toEqual([
    ["A1", "1,5", "x"],
    ["A2", "2,25", "y"],
  ]);
});

test("asks when two delimiters make a table", async () => {
  const error = await refusalOf(bytes("a;b,c;d\n1;2,3;4\n5;6,7;8\n"));
  expect(error).toMatchObject({ code: "import.delimiter-ambiguous", asks: "delimiter" });
  expect(await cellsOf(bytes("a;b,c;d\n1;2,3;4\n"), { delimiter: "," })).toEqual([["1;2", "3;4"]]);
});

test("reads one column", async () => {
  const table = await opened(bytes('name\nDoe, John\n"Roe, Jane"\n甲\n李\n王\n'));
  expect(table).toMatchObject({ columns: ["name"], delimiter: "none" });
  expect(await rowsOf(table)).toMatchObject([
    { cells: ["Doe, John"] },
    { cells: ["Roe, Jane"] },
    { cells: ["甲"] },
    {},
    {},
  ]);
});

test.each(["\n", "\r\n", "\r", "\r\r\n"])("ends lines at %j, and counts them", async (end) => {
  const table = await opened(bytes(["a,b", "1,2", "", "3,4", ""].join(end)));
  expect(await rowsOf(table)).toEqual([
    { line: 2, cells: ["1", "2"] },
    { line: 4, cells: ["3", "4"] },
  ]);
});

test("takes all line ends in one file", async () => {
  expect(await cellsOf(bytes("a,b\r\n1,2\n3,4\r5,6\r\r\n7,8"))).toEqual([
    ["1", "2"],
    ["3", "4"],
    ["5", "6"],
    ["7", "8"],
  ]);
});

test("ends at Ctrl-Z", async () => {
  expect(await cellsOf(bytes("a,b\r\n1,2\r\n\x1a"))).toEqual([["1", "2"]]);
  expect(await cellsOf(bytes("a,b\r\n1,2\x1a"))).toEqual([["1", "2"]]);
});

test("breaks a row with a NUL, and no other", async () => {
  expect(await cellsOf(bytes("a,b\n1,x\0y\n2,z\n"))).toEqual(["2: row.nul", ["2", "z"]]);
});

test("fills short rows, cuts blank cells, and breaks rows that are too long", async () => {
  const text =
    "key,name,wecom,city\ns1,甲,wm_s1,上海\ns2,乙,wm_s2\ns3,丙,wm_s3,,\ns4,丁,wm_s4,北京,,,\n,,,\n,,,,,,\ns5,戊,wm_s5,南京,extra\n";
  expect(await cellsOf(bytes(text))).toEqual([
    ["s1", "甲", "wm_s1", "上海"],
    ["s2", "乙", "wm_s2", ""],
    ["s3", "丙", "wm_s3", ""],
    ["s4", "丁", "wm_s4", "北京"],
    "8: row.too-long",
  ]);
});

test("passes over lines above the header and says which", async () => {
  const text =
    "支付宝交易记录明细查询\n账号:[shop]\n起始日期:[2026-01-01]    终止日期:[2026-02-01]\n--------\n交易号,商家订单号,交易创建时间,金额（元）\n1,A1,2026-01-05 09:00:00,99.00\n2,A2,2026-01-06 09:00:00,12.50\n";
  const table = await opened(bytes(text));
  expect(table.header).toEqual({ line: 5, skipped: [1, 2, 3, 4] });
  expect(table.columns).toEqual(["交易号", "商家订单号", "交易创建时间", "金额（元）"]);
});

test("passes over a title with more commas than the table has", async () => {
  const table = await opened(bytes("Orders, all shops, January, 2026 edition\nno,amount\nA1,1\nA2,2\nA3,3\n"));
  expect(table.header).toEqual({ line: 2, skipped: [1] });
});

test("asks where the header is when the first line holds values", async () => {
  const error = await refusalOf(bytes("A1,2026-01-05,99.00\nA2,2026-01-06,12.50\n"));
  expect(error).toMatchObject({ code: "import.header-ambiguous", asks: "skipLines" });
});

test("takes the header from the caller", async () => {
  const table = await opened(bytes("t,2026\nno,1\nA1,1\n"), { skipLines: 1 });
  expect(table.columns).toEqual(["no", "1"]);
  expect(await refusalOf(bytes("a,b\n"), { skipLines: 5 })).toMatchObject({ code: "import.empty" });
});

test("opens a header without rows", async () => {
  const table = await opened(bytes("order_no,amount\n"));
  expect([table.columns, await rowsOf(table)]).toEqual([["order_no", "amount"], []]);
});

const broken = (text: string) => cellsOf(bytes(`no,note,amount\n${text}`));

test("takes quotes, doubled ones, and lines inside them", async () => {
  expect(await broken('A1,"a ""b"", c\r\nd",1\nA2, "x" ,2\nA3,5" nail,3\n')).toEqual([
    ["A1", 'a "b", c\r\nd', "1"],
    ["A2", "x", "2"],
    ["A3", '5" nail', "3"],
  ]);
});

test("breaks only the line with text after a closing quote", async () => {
  expect(await broken('A1,"he said "hi" there",1\nA2,x,2\n')).toEqual(["2: row.broken-quote", ["A2", "x", "2"]]);
});

test("breaks only the line whose quote is never closed", async () => {
  const rows = Array.from({ length: 500 }, (_, at) => `B${at},x,2\n`).join("");
  const cells = await broken(`A1,"open,1\n${rows}`);
  expect(cells[0]).toBe("2: row.broken-quote");
  expect(cells).toHaveLength(501);
  expect(cells[1]).toEqual(["B0", "x", "2"]);
});

test("goes on at the next line when a later quote shows that one was open", async () => {
  expect(await broken('A1,"open,1\nA2,"x",2\nA3,y,3\n')).toEqual([
    "2: row.broken-quote",
    ["A2", "x", "2"],
    ["A3", "y", "3"],
  ]);
});

test("joins no rows through a quote that happens to stand at the end of a cell", async () => {
  expect(await broken('A1,"open,1\nA2,5",2\nA3,y,3\n')).toEqual([
    "2: row.broken-quote",
    "3: row.broken-quote",
    ["A3", "y", "3"],
  ]);
});

test("gives up an open quote after the bound on a row, and goes on after its line", async () => {
  const rows = Array.from({ length: 200 }, (_, at) => `B${at},x,2\n`).join("");
  const cells = await cellsOf(bytes(`no,note,amount\nA1,"open,1\n${rows}`), { limits: { rowBytes: 300 } });
  expect(cells[0]).toBe("2: row.broken-quote");
  expect(cells).toHaveLength(201);
});

test("breaks a line that is too long and reads the next one", async () => {
  const text = `no,note\nA1,${"x".repeat(3_000_000)}\nA2,y\n`;
  const rows = await rowsOf(await opened(bytes(text)));
  expect(rows).toMatchObject([
    { line: 2, code: "row.oversized" },
    { line: 3, cells: ["A2", "y"] },
  ]);
  expect(rows[0] && "raw" in rows[0] && rows[0].raw.length).toBe(2000);
});

test("reads 10 000 columns and refuses more than Excel has", async () => {
  const names = (count: number) => Array.from({ length: count }, (_, at) => `c${at}`).join();
  const table = await opened(bytes(`${names(10_000)}\n${"1,".repeat(9_999)}1\n`));
  expect(table.columns).toHaveLength(10_000);
  expect((await rowsOf(table))[0]).toMatchObject({ line: 2 });
  expect(await refusalOf(bytes(`${names(17_000)}\n`))).toMatchObject({ code: "import.limit" });
});

test("reads a table twice, and stops early", async () => {
  const table = await opened(bytes(`a,b\n${"1,2\n".repeat(100_000)}`));
  for await (const row of table.rows()) {
    expect(row.line).toBe(2);
    break;
  }
  expect(await rowsOf(table)).toHaveLength(100_000);
});
