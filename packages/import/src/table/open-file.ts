import { gunzipped } from "../archive/gzip.js";
import { openZip, type ZipArchive, type ZipEntry } from "../archive/zip.js";
import { type FileBytes, fileBytes } from "../source/file-bytes.js";
import { fileKind } from "../source/file-kind.js";
import { type Candidate, fileError, QuestionError } from "../source/import-error.js";
import type { ReadLimits } from "../source/read-limits.js";
import type { TemporaryFiles } from "../source/temporary-files.js";
import type { EncodingName } from "../text/encoding.js";
import { chooseSheet, openSheetTable } from "../workbook/sheet.js";
import { officeKind, openXlsx } from "../workbook/xlsx.js";
import type { OpenTable, OpenTableOptions } from "./open-table.js";
import { openText } from "./open-text.js";
import { warnings } from "./warnings.js";

/** What opening a file needs besides the file. */
export interface OpenContext extends Omit<OpenTableOptions, "encoding" | "limits"> {
  readonly encoding?: EncodingName | undefined;
  readonly limits: ReadLimits;
  readonly temporary: TemporaryFiles;
  /** What the file was unpacked from. */
  readonly packed?: "gzip" | "zip" | undefined;
}

const HEAD_BYTES = 4096;

/** Opens one file, whatever it is. */
export async function openFile(file: FileBytes, context: OpenContext): Promise<OpenTable> {
  const kind = fileKind(await file.head(HEAD_BYTES));
  if (kind === "empty")
    throw fileError("import.empty", `${file.name} is empty: 0 bytes`, { hint: "export or copy it again" });
  if (kind === "legacy-workbook") throw await legacy(file);
  if (kind === "gzip") return openGzip(file, context);
  if (kind === "zip") return openArchive(file, context);
  if (kind === "text") return openText(file, context);
  throw noTable(file.name, kind.binary);
}

/** @throws what tells that a file is known, and no table */
export function noTable(name: string, what: string) {
  return fileError("import.binary", `${name} is ${what}, not a table`, { hint: "export the table as .xlsx or CSV" });
}

async function openGzip(file: FileBytes, context: OpenContext): Promise<OpenTable> {
  if (context.packed) throw nested(file.name);
  const { signal, onProgress, temporary, limits } = context;
  const onBytes = (read: number) => onProgress?.(read, file.size);
  const path = await temporary.keep(gunzipped(file, limits, { signal, onBytes }), signal);
  return openFile(await fileBytes(path, file.name), { ...context, packed: "gzip" });
}

async function openArchive(file: FileBytes, context: OpenContext): Promise<OpenTable> {
  const archive = await openZip(file, context.limits);
  try {
    const kind = officeKind(archive);
    if (kind === "xlsx") return await openWorkbook(file, archive, context);
    if (kind !== undefined) throw otherOffice(file.name, kind);
    if (context.packed) throw nested(file.name);
    const path = await context.temporary.keep(
      theOnly(file.name, archive).read({ signal: context.signal }),
      context.signal,
    );
    archive.close();
    return await openFile(await fileBytes(path, file.name), { ...context, packed: "zip" });
  } catch (error) {
    archive.close();
    throw error;
  }
}

function theOnly(name: string, { entries }: ZipArchive): ZipEntry {
  const [first, ...others] = entries;
  if (!first) throw fileError("import.empty", `${name} holds no files`, { hint: "pack the table into it" });
  if (others.length === 0) return first;
  const names = entries.map((entry) => entry.name);
  throw new QuestionError(
    "import.entry-ambiguous",
    `${name} holds ${names.length} files: ${names.slice(0, 10).join(", ")}${names.length > 10 ? " …" : ""}`,
    "file",
    names.slice(0, 100).map((value): Candidate => ({ value, sample: "" })),
    { hint: "unpack it and give the file, or the folder if all of them have the same columns" },
  );
}

async function openWorkbook(file: FileBytes, archive: ZipArchive, context: OpenContext): Promise<OpenTable> {
  const noted = warnings();
  const { limits, signal, temporary, onProgress, packed } = context;
  const book = await openXlsx(file.name, archive, {
    limits,
    warnings: noted,
    signal,
    onBytes: onProgress,
    spill: () => temporary.keep(nothing(), signal),
  });
  try {
    const sheet = await chooseSheet(file.name, book.sheets, context.sheet);
    const { columns, header, rows } = await openSheetTable(file.name, sheet, {
      skipLines: context.skipLines,
      columns: limits.columns,
    });
    return {
      name: file.name,
      format: "xlsx",
      ...(packed && { packed }),
      sheet: sheet.name,
      sheets: book.sheets.map(({ name }) => name),
      columns,
      header: { line: header.line, skipped: header.skipped },
      rows: (options = {}) => rows({ ...options, ...eitherSignal(options.signal, signal) }),
      get warnings() {
        return noted.list;
      },
      async close() {
        book.close();
        archive.close();
        await temporary.remove();
      },
    };
  } catch (error) {
    book.close();
    throw error;
  }
}

/** What ends a reading: its own signal, or that of the table. */
export function eitherSignal(own: AbortSignal | undefined, other: AbortSignal | undefined) {
  if (own && other) return { signal: AbortSignal.any([own, other]) };
  const signal = own ?? other;
  return signal ? { signal } : {};
}

async function* nothing(): AsyncGenerator<Uint8Array> {}

function nested(name: string) {
  return fileError("import.nested-archive", `${name} holds another packed file`, {
    hint: "unpack it and give the table",
  });
}

function otherOffice(name: string, kind: "xlsb" | "ods" | "document") {
  if (kind === "document") return noTable(name, "a document of another program");
  return fileError("import.legacy-workbook", `${name} is a workbook in the format ${kind}, which isn't read`, {
    hint: "open it in Excel, WPS or LibreOffice and save it as .xlsx",
  });
}

/** Excel wraps a workbook with a password in the container of the old format. */
async function legacy(file: FileBytes) {
  const directory = (await file.head(1 << 20)).toString("utf16le");
  if (directory.includes("EncryptedPackage"))
    return fileError("import.encrypted", `${file.name} is protected by a password`, { hint: "save it without one" });
  return fileError("import.legacy-workbook", `${file.name} is a workbook of Excel 2003 or older, which isn't read`, {
    hint: "open it in Excel or WPS and save it as .xlsx",
  });
}
