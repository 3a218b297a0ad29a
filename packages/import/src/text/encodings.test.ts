import { expect, test } from "vitest";
import { QuestionError } from "../source/import-error.js";
import { cellsOf, encoded, opened, refusalOf } from "../test-files.js";

const CHINESE = "order_no,customer_key,store,category\nA1,k1,上海仓,猫粮\nA2,k2,北京仓,猫砂\n";
const CHINESE_ROWS = [
  ["A1", "k1", "上海仓", "猫粮"],
  ["A2", "k2", "北京仓", "猫砂"],
];
const TAIWANESE = "訂單編號,客戶姓名,門市,金額\nA1,陳怡君,臺北門市,120\nA2,林志明,高雄門市,80\n";

test.each(["utf-8", "gb18030", "gbk", "utf-16le", "utf-16be"])(
  "reads Chinese in %s without being told",
  async (name) => {
    expect(await cellsOf(encoded(CHINESE, name))).toEqual(CHINESE_ROWS);
  },
);

test.each(["utf-8", "utf-16le", "utf-16be"])("goes by a byte order mark of %s", async (name) => {
  const table = await opened(encoded(`\ufeff${CHINESE}`, name));
  expect(table.encoding).toBe(name);
  expect(table.columns[0]).toBe("order_no");
});

test("reads Big5", async () => {
  const table = await opened(encoded(TAIWANESE, "big5"));
  expect(table.encoding).toBe("big5");
  expect(table.columns).toEqual(["訂單編號", "客戶姓名", "門市", "金額"]);
});

test.each([
  "InvoiceNo,Description,Price\n1,£1 CAFÉ SIGN,6\n2,Crème brûlée,3\n3,Tarte à la crème,4\n",
  "Bestellung,Kunde,Ort\n1,Müller,Köln\n2,Weiß,Zürich\n3,Sørensen,Århus\n",
  "pedido;cliente;ciudad\n1;Muñoz;Málaga\n2;Peña;Cádiz\n",
])("reads Latin-1 of European shops", async (text) => {
  const table = await opened(encoded(text, "latin1"));
  expect(table.encoding).toBe("windows-1252");
  const again = await cellsOf(Buffer.from(text, "utf8"));
  expect(await cellsOf(encoded(text, "latin1"))).toEqual(again);
});

test("reads two letters of UTF-8 among ASCII as UTF-8", async () => {
  const table = await opened(Buffer.from("name,city\nMüller,Köln\nMeier,Bonn\n"));
  expect(table.encoding).toBe("utf-8");
});

test("asks when one character may be Chinese or French", async () => {
  // In GBK this is 猫, in UTF-8 è, in Latin-1 Ã¨.
  const error = await refusalOf(encoded("k,v\n1,猫\n", "gbk"));
  expect(error).toMatchObject({ code: "import.encoding-ambiguous", asks: "encoding" });
  const candidates = QuestionError.is(error) ? error.candidates : [];
  expect(candidates).toContainEqual({ value: "gb18030", sample: "猫" });
  expect(candidates).toContainEqual({ value: "utf-8", sample: "è" });
  expect(error.message).not.toContain("猫");
});

test("takes the answer to the question in any spelling", async () => {
  expect(await cellsOf(encoded("k,v\n1,猫\n", "gbk"), { encoding: "GBK" })).toEqual([["1", "猫"]]);
  const error = await refusalOf(Buffer.from("a,b\n"), { encoding: "ebcdic" });
  expect(error).toMatchObject({ code: "import.option", message: 'encoding: "ebcdic" is not known' });
});

test("judges by the whole file, not by its beginning", async () => {
  const ascii = `order_no,store\n${"A1,s1\n".repeat(50_000)}`;
  const table = await opened(encoded(`${ascii}A2,上海门店北京仓库\n`, "gb18030"));
  expect(table.encoding).toBe("gb18030");
});

test("breaks the rows with damaged bytes of a large UTF-8 file", async () => {
  const rows = Array.from({ length: 2000 }, (_, at) => `A${at},上海仓\n`).join("");
  const bytes = Buffer.concat([
    Buffer.from("no,store\n"),
    Buffer.from([0x42, 0x2c, 0xe4, 0xb8, 0x0a]),
    Buffer.from(rows),
  ]);
  const cells = await cellsOf(bytes);
  expect(cells[0]).toBe("2: row.undecodable");
  expect(cells[1]).toEqual(["A0", "上海仓"]);
  expect(cells).toHaveLength(2001);
});

test("keeps U+FFFD that stands in the file", async () => {
  expect(await cellsOf(Buffer.from("k,v\n1,a\ufffdb 上海\n"))).toEqual([["1", "a\ufffdb 上海"]]);
});

test("refuses what is in no encoding", async () => {
  const bytes = Buffer.from([0x61, 0x2c, 0x62, 0x0a, 0x81, 0x20, 0xff, 0x20, 0x8d, 0x2c, 0x31, 0x0a]);
  expect(await refusalOf(bytes)).toMatchObject({ code: "import.encoding-unknown" });
});
