import { expect, test } from "vitest";
import { QuestionError } from "../source/import-error.js";
import { cellsOf, encoded, gzipped, opened, refusalOf, testFile, zipped } from "../test-files.js";
import { testWorkbook, textRow } from "../workbook/test-workbook.js";

const CSV = "no,store\nA1,上海仓\n";
const ROWS = [["A1", "上海仓"]];

test("reads gzip and zip whatever the file is called", async () => {
  expect(await cellsOf(testFile(gzipped(CSV), "data.csv"))).toEqual(ROWS);
  expect(await cellsOf(testFile(await zipped({ "data.csv": CSV }), "data.txt"))).toEqual(ROWS);
  expect(await opened(gzipped(CSV))).toMatchObject({ packed: "gzip", format: "csv", encoding: "utf-8" });
});

test("reads a workbook in a zip or gzip", async () => {
  const book = await testWorkbook({
    sheets: [{ name: "S", rows: textRow(1, ["no", "store"]) + textRow(2, ["A1", "上海仓"]) }],
  });
  expect(await cellsOf(await zipped({ "订单.xlsx": book }))).toEqual(ROWS);
  expect(await cellsOf(gzipped(book))).toEqual(ROWS);
});

test("passes over what operating systems put into archives", async () => {
  const files = { "__MACOSX/._data.csv": "x", ".DS_Store": "x", "folder/data.csv": CSV, "desktop.ini": "x" };
  expect(await cellsOf(await zipped(files))).toEqual(ROWS);
});

test("names the files of an archive with several", async () => {
  const error = await refusalOf(await zipped({ "订单.csv": CSV, "客户.csv": CSV }));
  expect(error).toMatchObject({ code: "import.entry-ambiguous", asks: "file" });
  expect(QuestionError.is(error) && error.candidates.map(({ value }) => value)).toEqual(["订单.csv", "客户.csv"]);
  expect(await refusalOf(await zipped({}))).toMatchObject({ code: "import.empty" });
});

test("refuses an archive in an archive", async () => {
  const inner = await zipped({ "data.csv": CSV });
  for (const nested of [
    await zipped({ "a.zip": inner }),
    gzipped(inner),
    gzipped(gzipped(CSV)),
    await zipped({ "a.gz": gzipped(CSV) }),
  ])
    expect(await refusalOf(nested)).toMatchObject({ code: "import.nested-archive" });
});

test("refuses damaged archives", async () => {
  const gzip = gzipped(CSV.repeat(1000));
  expect(await refusalOf(gzip.subarray(0, gzip.length - 9))).toMatchObject({ code: "import.damaged-gzip" });
  const zip = await zipped({ "data.csv": CSV.repeat(1000) });
  expect(await refusalOf(zip.subarray(0, zip.length - 9))).toMatchObject({ code: "import.damaged-zip" });
  const changed = Buffer.from(zip);
  const crcInDirectory = changed.indexOf(Buffer.from("PK\x01\x02", "latin1")) + 16;
  changed.writeUInt32LE(1, crcInDirectory);
  expect(await refusalOf(changed)).toMatchObject({ code: "import.damaged-zip" });
});

test("refuses an archive with a password", async () => {
  const zip = await zipped({ "data.csv": CSV });
  const directory = zip.indexOf(Buffer.from("PK\x01\x02", "latin1"));
  zip.writeUInt16LE(zip.readUInt16LE(directory + 8) | 1, directory + 8);
  expect(await refusalOf(zip)).toMatchObject({ code: "import.encrypted" });
});

test("refuses a zip bomb, as gzip, as zip and as workbook", async () => {
  const zeros = Buffer.alloc(80 * 2 ** 20, "0");
  const bombs = [
    gzipped(zeros),
    await zipped({ "data.csv": zeros }),
    await testWorkbook({
      sheets: [{ name: "S", rows: "<row></row>".repeat(7_000_000) }],
    }),
  ];
  for (const bomb of bombs)
    expect(await refusalOf(bomb)).toMatchObject({
      code: "import.limit",
      message: expect.stringContaining("250 times"),
    });
});

test("refuses a cell that fills the memory", async () => {
  const rows = `<row><c t="inlineStr"><is><t>${"0".repeat(1_100_000)}</t></is></c></row>`;
  const book = await testWorkbook({ sheets: [{ name: "S", rows }] });
  expect(await refusalOf(book)).toMatchObject({ code: "import.limit", message: expect.stringContaining("a cell") });
});

test("refuses what unpacks to more than the limit", async () => {
  const limits = { unpackedBytes: 1000 };
  expect(await refusalOf(gzipped(CSV.repeat(100)), { limits })).toMatchObject({ code: "import.limit" });
});

test("judges the encoding of what is packed", async () => {
  expect(await cellsOf(gzipped(encoded(`${CSV}A2,北京门店\n`, "gbk")))).toEqual([...ROWS, ["A2", "北京门店"]]);
});
