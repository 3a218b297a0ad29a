import { expect, test } from "vitest";
import { cellsOf, encoded, opened, refusalOf, rowsOf, testFile } from "../test-files.js";

const html = (rows: string, head = "") =>
  `<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head>${head}</head><body><table>${rows}</table></body></html>`;
const ROWS = "<tr><th>no</th><th>store</th></tr><tr><td>A1</td><td>上海<br>仓&nbsp;&amp;</td></tr>";

test("reads a web page named .xls", async () => {
  const table = await opened(testFile(html(ROWS), "orders.xls"));
  expect(table).toMatchObject({ format: "html", encoding: "utf-8", columns: ["no", "store"], sheets: ["1"] });
  expect(await rowsOf(table)).toEqual([{ line: 2, cells: ["A1", "上海 仓\u00a0&"] }]);
});

test("reads a web page in the encoding that it declares", async () => {
  const page = html("<tr><td>no</td><td>v</td></tr><tr><td>1</td><td>猫</td></tr>", '<meta charset="gb2312">');
  const table = await opened(encoded(page, "gbk"));
  expect(table.encoding).toBe("gb18030");
  expect(await rowsOf(table)).toMatchObject([{ cells: ["1", "猫"] }]);
});

test("reads pages without closing tags, with styles, and the number behind a cut one", async () => {
  const page =
    '<!-- export --><style>td {}</style><table border=1><tr><td>no<td>phone<tr><td>A1<td x:num="13800000000">1.38E+10</table>';
  expect(await cellsOf(Buffer.from(page))).toEqual([["A1", "13800000000"]]);
});

test("keeps columns in place beside cells that span", async () => {
  const page = html(
    "<tr><td>a</td><td>b</td><td>c</td></tr><tr><td rowspan=2>1</td><td>2</td><td>3</td></tr><tr><td>4</td><td>5</td></tr><tr><td colspan=2>6</td><td>7</td></tr>",
  );
  expect(await cellsOf(Buffer.from(page))).toEqual([
    ["1", "2", "3"],
    ["", "4", "5"],
    ["6", "", "7"],
  ]);
});

test("passes over a title in a table of its own, and asks between two tables", async () => {
  const title = "<table><tr><td>Orders</td></tr></table>";
  expect(await cellsOf(Buffer.from(`<html>${title}<table>${ROWS}</table></html>`))).toHaveLength(1);
  const two = Buffer.from(`<html><table>${ROWS}</table><table>${ROWS}</table></html>`);
  expect(await refusalOf(two)).toMatchObject({ code: "import.sheet-ambiguous" });
  expect(await cellsOf(two, { sheet: "2" })).toHaveLength(1);
});

test("refuses a page without a table", async () => {
  expect(await refusalOf(Buffer.from("<html><body>Please sign in</body></html>"))).toMatchObject({
    code: "import.empty",
  });
});

test("reads an XML spreadsheet", async () => {
  const data = (type: string, text: string) => `<Data ss:Type="${type}">${text}</Data>`;
  const document = `<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">
<Worksheet ss:Name="订单"><Table>
<Row><Cell>${data("String", "no")}</Cell><Cell>${data("String", "at")}</Cell><Cell>${data("String", "phone")}</Cell></Row>
<Row ss:Index="4"><Cell>${data("String", "A&amp;1")}</Cell><Cell ss:Index="3">${data("Number", "1.38E10")}</Cell></Row>
<Row><Cell>${data("String", "A2")}</Cell><Cell>${data("DateTime", "2010-12-01T08:26:00.000")}</Cell></Row>
</Table></Worksheet></Workbook>`;
  const table = await opened(Buffer.from(document));
  expect(table).toMatchObject({ format: "xml-spreadsheet", sheet: "订单" });
  expect(await rowsOf(table)).toEqual([
    { line: 4, cells: ["A&1", "", "13800000000"] },
    { line: 5, cells: ["A2", "2010-12-01T08:26:00", ""] },
  ]);
});

test.each([
  ['<?xml version="1.0"?><feed/>', "an XML document"],
  ['[{"no": 1}]', "a JSON document"],
])("names what is no table: %s", async (text, what) => {
  const error = await refusalOf(Buffer.from(text));
  expect(error.code).toBe("import.binary");
  expect(error.message).toContain(what);
});
