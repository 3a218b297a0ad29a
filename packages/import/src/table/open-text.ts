import { openCsvTable } from "../csv/csv-table.js";
import { declaredEncoding, documentKind } from "../markup/document-kind.js";
import { htmlRows } from "../markup/html-rows.js";
import { markupSheets } from "../markup/markup-sheets.js";
import { xmlSpreadsheetRows } from "../markup/xml-spreadsheet-rows.js";
import type { FileBytes } from "../source/file-bytes.js";
import { type EncodingName, encodingNamed, inUtf8, textOf } from "../text/encoding.js";
import { type JudgedEncoding, judgeEncoding } from "../text/judge-encoding.js";
import { chooseSheet, openSheetTable } from "../workbook/sheet.js";
import { eitherSignal, noTable, type OpenContext } from "./open-file.js";
import type { OpenTable } from "./open-table.js";

const HEAD_BYTES = 8192;

/** Opens a text: a table in CSV, or a document with tables in it. */
export async function openText(file: FileBytes, context: OpenContext): Promise<OpenTable> {
  const head = await file.head(HEAD_BYTES);
  const { encoding, isDamaged } = await encodingOf(file, head, context);
  const kind = documentKind(textOf(head, encoding).replace(/^\ufeff/, ""));
  if (kind === "csv") return openCsv(file, { encoding, isDamaged }, context);
  if (kind === "html" || kind === "xml-spreadsheet") return openMarkup(file, kind, encoding, context);
  throw noTable(file.name, kind.binary);
}

async function encodingOf(file: FileBytes, head: Buffer, context: OpenContext): Promise<JudgedEncoding> {
  const latin = head.toString("latin1");
  const declared = documentKind(latin) === "csv" ? undefined : declaredEncoding(latin);
  const told = context.encoding ?? (declared === undefined ? undefined : encodingNamed(declared));
  // Damage is told by U+FFFD, which in UTF-8 may also be written: rather too many rows are broken then.
  if (told) return { encoding: told, isDamaged: true };
  return judgeEncoding(file.name, () => bytesOf(file, context, undefined));
}

async function openCsv(file: FileBytes, judged: JudgedEncoding, context: OpenContext): Promise<OpenTable> {
  const table = await openCsvTable((signal) => bytesOf(file, context, signal), {
    ...judged,
    name: file.name,
    delimiter: context.delimiter,
    skipLines: context.skipLines,
    rowBytes: context.limits.rowBytes,
    columns: context.limits.columns,
  });
  return {
    ...commonOf(file, context),
    format: "csv",
    encoding: judged.encoding,
    delimiter: table.delimiter,
    columns: table.columns,
    header: { line: table.header.line, skipped: table.header.skipped },
    rows: table.rows,
  };
}

async function openMarkup(
  file: FileBytes,
  format: "html" | "xml-spreadsheet",
  encoding: EncodingName,
  context: OpenContext,
): Promise<OpenTable> {
  const sheets = await markupSheets((signal) => {
    const pieces = inUtf8(bytesOf(file, context, signal), encoding);
    return format === "html" ? htmlRows(pieces) : xmlSpreadsheetRows(pieces, context.limits.columns);
  });
  const sheet = await chooseSheet(file.name, sheets, context.sheet);
  const table = await openSheetTable(file.name, sheet, {
    skipLines: context.skipLines,
    columns: context.limits.columns,
  });
  return {
    ...commonOf(file, context),
    format,
    encoding,
    sheet: sheet.name,
    sheets: sheets.map(({ name }) => name),
    columns: table.columns,
    header: { line: table.header.line, skipped: table.header.skipped },
    rows: table.rows,
  };
}

function commonOf(file: FileBytes, { packed, temporary }: OpenContext) {
  return { name: file.name, ...(packed && { packed }), warnings: [], close: () => temporary.remove() };
}

function bytesOf(file: FileBytes, { onProgress, signal }: OpenContext, own: AbortSignal | undefined) {
  return file.read({ ...eitherSignal(own, signal), onBytes: (read) => onProgress?.(read, file.size) });
}
