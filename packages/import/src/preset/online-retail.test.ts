import { createHash } from "node:crypto";
import { join } from "node:path";
import { createRecallKit, silentLogger } from "@recallkit/core";
import { memoryStores } from "@recallkit/core/memory";
import { expect, test } from "vitest";
import { importFile } from "../run/import-file.js";
import { opened, testFile } from "../test-files.js";
import { testWorkbook } from "../workbook/test-workbook.js";

const folder = process.env.RECALLKIT_DATA_DIR;
/** Minutes of two workbooks: part of `npm run test:full`. The plain file is imported at every change. */
const isWanted = folder !== undefined && process.env.RETAIL_FORMS === "all";
const needs = isWanted ? "" : " (needs RECALLKIT_DATA_DIR, and RETAIL_FORMS=all)";
/** Hash of the audience at the end of the file: the one that the plain CSV gives. */
const AUDIENCE = "a91eaff28177a1257e7a4beeb9a77a5266f51e09c6d8e69620f9a01703e79a06";
const DAY_MS = 86_400_000;
const EXCEL_EPOCH = Date.UTC(1899, 11, 30);

// Chen, "Online Retail", https://doi.org/10.24432/C5BW33. UCI ships it as .xlsx, where dates are serials and codes numbers;
// copies of it as CSV have the dates of an American Excel.
(isWanted ? test : test.skip)(
  `UCI Online Retail as a workbook and as a copy of one gives the figures and hashes of the plain file${needs}`,
  { timeout: 600_000 },
  async () => {
    const rows = await rowsOfPlainFile();
    const [header = []] = rows;
    const workbook = await testWorkbook({
      formats: ["m/d/yy h:mm"],
      sheets: [{ name: "Online Retail", rows: rows.map((cells, at) => sheetRow(cells, at + 1)).join("") }],
    });
    const copy = rows.map((cells, at) =>
      csvLine(at === 0 ? cells : cells.map((cell, n) => (n === 4 ? american(cell) : cell))),
    );
    expect(header).toHaveLength(8);
    for (const path of [testFile(workbook, "Online Retail.xlsx"), testFile(copy.join("\r\n"), "data.csv")]) {
      const kit = createRecallKit({ stores: memoryStores(), logger: silentLogger });
      expect(await importFile(kit, path, {}, { preset: "online-retail" })).toMatchObject({
        rows: 541_909,
        inserted: 18_536,
        rejectedRows: 0,
        skipped: { cancelled: 9288, no_customer: 134_697 },
        customers: { inserted: 4339 },
        amountMinor: 891_140_790,
      });
      const keys: string[] = [];
      const source = { segment: { lapse: { minDays: 30, maxDays: 45 } } };
      for await (const { externalKey } of kit.audience.resolve(source, { asOf: "2011-12-10T00:00:00+08:00" }))
        keys.push(externalKey);
      expect(createHash("sha256").update(keys.sort().join("\n")).digest("hex")).toBe(AUDIENCE);
      await kit.close();
    }
  },
);

async function rowsOfPlainFile(): Promise<(readonly string[])[]> {
  const table = await opened(join(folder ?? "", "online_retail.csv.gz"));
  const rows: (readonly string[])[] = [table.columns];
  for await (const row of table.rows()) if ("cells" in row) rows.push(row.cells);
  return rows;
}

/** As Excel writes it: what looks like a number is one, times are serials of style 1, blank cells are left out. */
function sheetRow(cells: readonly string[], line: number): string {
  const written = cells.map((text, n) => {
    const place = `r="${"ABCDEFGH"[n]}${line}"`;
    if (text === "") return "";
    if (line > 1 && n === 4) return `<c ${place} s="1"><v>${serial(text)}</v></c>`;
    if (line > 1 && n !== 2 && /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/.test(text))
      return `<c ${place}><v>${Number(text)}</v></c>`;
    return `<c ${place} t="inlineStr"><is><t xml:space="preserve">${escaped(text)}</t></is></c>`;
  });
  return `<row r="${line}">${written.join("")}</row>`;
}

function serial(text: string): number {
  return (Date.parse(`${text.replace(" ", "T")}Z`) - EXCEL_EPOCH) / DAY_MS;
}

/** `2010-12-01 08:26:00` as `12/1/2010 8:26`. */
function american(text: string): string {
  const [year, month, day, hour, minute] = text.split(/[-: ]/);
  return `${Number(month)}/${Number(day)}/${year} ${Number(hour)}:${minute}`;
}

function csvLine(cells: readonly string[]): string {
  return cells.map((cell) => (/[",]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(",");
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
