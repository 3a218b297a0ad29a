import { appendFileSync, existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openTable } from "../table/open-table.js";
import { cellsOf, gzipped, opened, refusalOf, rowsOf, testFile, testFolder, zipped } from "../test-files.js";
import { testWorkbook, textRow } from "../workbook/test-workbook.js";
import { writeDown } from "./temporary-files.js";

const CSV = "no,store\nA1,上海仓\n";

async function* pieces(...texts: string[]) {
  for (const text of texts) yield Buffer.from(text);
}

test("reads a stream as often as it is asked to", async () => {
  const table = await opened({ stream: pieces("no,st", "ore\nA1,x", "\n"), name: "upload.csv" });
  expect(table.name).toBe("upload.csv");
  for (const _ of [1, 2]) expect(await rowsOf(table)).toEqual([{ line: 2, cells: ["A1", "x"] }]);
});

test("reads the files of a folder in the order of their names, and says which one a row is from", async () => {
  const folder = testFolder();
  writeFileSync(join(folder, "2026-02.csv"), "no,store\nB1,y\n");
  writeFileSync(join(folder, "2026-01.csv.gz"), gzipped("no,store\nA1,x\nA2,x,z\nA3,x\n"));
  writeFileSync(join(folder, "~$2026-02.csv"), "lock");
  writeFileSync(join(folder, ".hidden"), "x");
  mkdirSync(join(folder, "old"));
  const table = await opened(folder);
  expect(table.files).toEqual(["2026-01.csv.gz", "2026-02.csv"]);
  expect(await rowsOf(table)).toEqual([
    { line: 2, cells: ["A1", "x"], file: "2026-01.csv.gz" },
    { line: 3, code: "row.too-long", raw: "A2 | x | z", file: "2026-01.csv.gz" },
    { line: 4, cells: ["A3", "x"], file: "2026-01.csv.gz" },
    { line: 2, cells: ["B1", "y"], file: "2026-02.csv" },
  ]);
});

test("refuses a folder of files with other columns, or without files", async () => {
  const folder = testFolder();
  expect(await refusalOf(folder)).toMatchObject({ code: "import.empty" });
  writeFileSync(join(folder, "a.csv"), "no,store\n1,x\n");
  writeFileSync(join(folder, "b.csv"), "no,shop\n1,x\n");
  const error = await refusalOf(folder);
  expect(error).toMatchObject({ code: "import.files-differ" });
  expect(error.message).toContain(join(folder, "b.csv"));
});

test("says that a file is empty, missing, or no table", async () => {
  expect(await refusalOf(testFile(""))).toMatchObject({
    code: "import.empty",
    message: expect.stringContaining("0 bytes"),
  });
  expect(await refusalOf(testFile("\n\n"))).toMatchObject({ code: "import.empty" });
  expect(await refusalOf(testFile("x".repeat(3 * 2 ** 20)))).toMatchObject({
    code: "import.limit",
    message: expect.stringContaining("no line shorter than 1 MB"),
    hint: expect.stringContaining("line ends"),
  });
  expect(await refusalOf("/nowhere/data.csv")).toMatchObject({
    code: "import.unreadable",
    message: expect.stringContaining("no such file"),
  });
  expect(await refusalOf(Buffer.from("%PDF-1.7 …"))).toMatchObject({
    code: "import.binary",
    message: expect.stringContaining("PDF"),
  });
  const noise = Buffer.from(Array.from({ length: 4000 }, (_, at) => (at * 31) % 29));
  expect(await refusalOf(noise)).toMatchObject({ code: "import.binary" });
});

test("notices that a file grows, is replaced or goes away while it is read", async () => {
  const content = `no,store\n${"A1,x\n".repeat(60_000)}`;
  const changes: ((file: string) => void)[] = [
    (file) => appendFileSync(file, "A2,y\n"),
    (file) => writeFileSync(file, content.replace("A1", "A9")),
    (file) => utimesSync(file, 1, 1),
  ];
  for (const change of changes) {
    const file = testFile(content);
    const table = await opened(file);
    const reading = async () => {
      for await (const { line } of table.rows()) if (line === 10) change(file);
    };
    await expect(reading()).rejects.toMatchObject({ code: "import.file-changed" });
    await expect(rowsOf(table)).rejects.toMatchObject({ code: "import.file-changed" });
  }
});

test("notices that a workbook or archive is replaced between opening and reading", async () => {
  const book = await testWorkbook({ sheets: [{ name: "S", rows: textRow(1, ["a", "b"]) + textRow(2, ["1", "2"]) }] });
  const file = testFile(book, "a.xlsx");
  const table = await opened(file);
  writeFileSync(file, Buffer.concat([book, Buffer.from("x")]));
  await expect(rowsOf(table)).rejects.toMatchObject({ code: "import.file-changed" });
});

test("keeps nothing after closing, a refusal, or an abort", async () => {
  const temporaryFolder = testFolder();
  const table = await openTable(gzipped(CSV), { temporaryFolder });
  expect(readdirSync(temporaryFolder)).toHaveLength(1);
  await table.close();
  await refusalOf(await zipped({ a: CSV, b: CSV }), { temporaryFolder });
  await refusalOf(gzipped("PK\x03\x04"), { temporaryFolder });
  const controller = new AbortController();
  async function* endless() {
    for (let count = 0; ; count += 1) {
      if (count === 100) controller.abort();
      yield Buffer.from("A1,x\n");
    }
  }
  const opening = openTable({ stream: endless() }, { temporaryFolder, signal: controller.signal });
  await expect(opening).rejects.toMatchObject({ name: "AbortError" });
  expect(readdirSync(temporaryFolder)).toEqual([]);
});

test("ends a reading when it is told to", async () => {
  const table = await opened(testFile(`no,store\n${"A1,x\n".repeat(100_000)}`));
  const controller = new AbortController();
  let count = 0;
  const reading = async () => {
    for await (const _ of table.rows({ signal: controller.signal })) if (++count === 10) controller.abort();
  };
  await expect(reading()).rejects.toMatchObject({ name: "AbortError" });
  expect(count).toBeLessThan(30_000);
  expect(await rowsOf(table)).toHaveLength(100_000);
});

test.skipIf(!existsSync("/dev/full"))("says that the disk is full, and where", async () => {
  const writing = writeDown("/dev/full", pieces("x".repeat(100_000)));
  await expect(writing).rejects.toMatchObject({
    code: "import.disk-full",
    message: expect.stringContaining("/dev/full"),
  });
});

test("tells how many bytes are read", async () => {
  const file = testFile(`no,store\n${"A1,x\n".repeat(50_000)}`);
  const told: [number, number][] = [];
  const table = await opened(file, { onProgress: (...progress) => told.push(progress) });
  told.length = 0;
  expect(await cellsOf(file)).toHaveLength(50_000);
  await rowsOf(table);
  const total = 9 + 5 * 50_000;
  expect(told.at(-1)).toEqual([total, total]);
  expect(told.map(([read]) => read)).toEqual(told.map(([read]) => read).toSorted((a, b) => a - b));
});
