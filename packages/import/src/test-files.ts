import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { RecallKitError } from "@recallkit/core";
import iconv from "iconv-lite";
import { onTestFinished } from "vitest";
import { ZipFile } from "yazl";
import { type OpenTable, type OpenTableOptions, openTable, type TableSource } from "./table/open-table.js";
import type { BrokenRow, TableRow } from "./table/table.js";

/** A folder that is gone after the test. */
export function testFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "recallkit-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Writes a file of a test and gives its path. */
export function testFile(content: string | Uint8Array, name = "data.csv"): string {
  const path = join(testFolder(), name);
  writeFileSync(path, content);
  return path;
}

/** Bytes of a text in an encoding, without a byte order mark. */
export function encoded(text: string, encoding: string): Buffer {
  return iconv.encode(text, encoding, { addBOM: false });
}

/** A zip archive of texts or bytes by name. */
export async function zipped(files: Readonly<Record<string, string | Uint8Array>>): Promise<Buffer> {
  const zip = new ZipFile();
  for (const [name, content] of Object.entries(files)) zip.addBuffer(Buffer.from(content), name);
  zip.end();
  const pieces: Buffer[] = [];
  for await (const piece of zip.outputStream as AsyncIterable<Buffer>) pieces.push(piece);
  return Buffer.concat(pieces);
}

export const gzipped = (content: string | Uint8Array): Buffer => gzipSync(content);

/** Opens a table that is closed after the test. */
export async function opened(source: TableSource, options?: OpenTableOptions): Promise<OpenTable> {
  const table = await openTable(source, options);
  onTestFinished(() => table.close());
  return table;
}

export async function rowsOf(table: OpenTable): Promise<(TableRow | BrokenRow)[]> {
  const rows: (TableRow | BrokenRow)[] = [];
  for await (const row of table.rows()) rows.push(row);
  return rows;
}

/** Cells of the rows, and `line: code` for broken ones. */
export async function cellsOf(
  source: TableSource,
  options?: OpenTableOptions,
): Promise<(readonly string[] | string)[]> {
  const rows = await rowsOf(await opened(source, options));
  return rows.map((row) => ("cells" in row ? row.cells : `${row.line}: ${row.code}`));
}

/** The error that opening, or reading all rows, ends with. */
export async function refusalOf(source: TableSource, options?: OpenTableOptions): Promise<RecallKitError> {
  try {
    await rowsOf(await opened(source, options));
  } catch (error) {
    if (RecallKitError.is(error)) return error;
    throw error;
  }
  throw new Error("the table was read");
}
