import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import type { DelimiterName } from "../csv/delimiter.js";
import { fileBytes } from "../source/file-bytes.js";
import { fileError } from "../source/import-error.js";
import { READ_LIMITS, type ReadLimits } from "../source/read-limits.js";
import { temporaryFiles } from "../source/temporary-files.js";
import { type EncodingName, encodingNamed } from "../text/encoding.js";
import { openFile } from "./open-file.js";
import { openFolder } from "./open-folder.js";
import type { Table } from "./table.js";
import type { ReadWarning } from "./warnings.js";

/** A file or folder by its path, the bytes of a file, or a stream of them, which is written down first. */
export type TableSource =
  | string
  | Uint8Array
  | {
      readonly stream: AsyncIterable<Uint8Array>;
      /** For messages. @default "the file" */
      readonly name?: string | undefined;
    };

/** What opening a file as a table may be told. */
export interface OpenTableOptions {
  /** As the user says it: `gbk`, `UTF-8`, `latin1` … @default what the file tells */
  readonly encoding?: string | undefined;
  /** @default what the file tells */
  readonly delimiter?: DelimiterName | undefined;
  /** Lines above the header, 0 or more. @default what the file tells */
  readonly skipLines?: number | undefined;
  /** Name of the sheet of a workbook, or its number from 1. @default the only one with rows */
  readonly sheet?: string | undefined;
  /** Ends opening, and every reading of rows. */
  readonly signal?: AbortSignal | undefined;
  /** Told while the file is judged and, from 0 again, in every reading of its rows. */
  readonly onProgress?: ((bytesRead: number, bytesTotal: number) => void) | undefined;
  readonly limits?: Partial<ReadLimits> | undefined;
  /** Folder for temporary files. @default the system's */
  readonly temporaryFolder?: string | undefined;
}

/** A table and what its file was understood to be. */
export interface OpenTable extends Table {
  /** As its owner knows it. */
  readonly name: string;
  readonly format: "csv" | "xlsx" | "html" | "xml-spreadsheet";
  /** What it was unpacked from. */
  readonly packed?: "gzip" | "zip";
  /** Of texts. */
  readonly encoding?: EncodingName;
  readonly delimiter?: DelimiterName;
  readonly header: {
    /** From 1. */
    readonly line: number;
    /** Lines above it that hold something. */
    readonly skipped: readonly number[];
  };
  /** Of workbooks and web pages: the one that is read, and all that there are. */
  readonly sheet?: string;
  readonly sheets?: readonly string[];
  /** Files of a folder, in the order in which they are read. */
  readonly files?: readonly string[];
  /** What the last reading of the rows found; complete once it came to the end. */
  readonly warnings: readonly ReadWarning[];
  /** Removes temporary files. The table can't be read any more. */
  close(): Promise<void>;
}

/**
 * Opens a table: a CSV file in any usual encoding, .xlsx, a web page or XML named .xls, one of these in .gz or .zip, or
 * a folder of files with the same columns. What a file is, is judged by what it holds, never by its name.
 *
 * Whatever the file doesn't tell for certain is asked instead of guessed. Close the table when it is not needed.
 *
 * @throws {QuestionError} `import.encoding-ambiguous`, `import.delimiter-ambiguous`, `import.header-ambiguous`,
 *   `import.sheet-ambiguous`, `import.entry-ambiguous`: with the possible answers
 * @throws {RecallKitError} the other codes of {@link ReadErrorCode}; those of reading also while rows are read
 */
export async function openTable(source: TableSource, options: OpenTableOptions = {}): Promise<OpenTable> {
  const temporary = temporaryFiles(options.temporaryFolder);
  const context = {
    ...options,
    encoding: chosenEncoding(options.encoding),
    skipLines: chosenLines(options.skipLines),
    limits: { ...READ_LIMITS, ...options.limits },
    temporary,
  };
  try {
    options.signal?.throwIfAborted();
    if (typeof source === "string") {
      if (await isFolder(source)) return await openFolder(source, context);
      if (await isFile(source)) return await openFile(await fileBytes(source), context);
    }
    const { stream, name = "the file" } = streamOf(source);
    const path = await temporary.keep(stream, options.signal);
    return await openFile(await fileBytes(path, name), context);
  } catch (error) {
    await temporary.remove();
    throw error;
  }
}

function chosenEncoding(name: string | undefined): EncodingName | undefined {
  if (name === undefined) return undefined;
  const encoding = encodingNamed(name);
  if (encoding) return encoding;
  throw fileError("import.option", `encoding: "${name}" is not known`, {
    hint: "utf-8, utf-16le, utf-16be, gb18030, big5, windows-1252 or euc-kr",
  });
}

function chosenLines(lines: number | undefined): number | undefined {
  if (lines === undefined || (Number.isInteger(lines) && lines >= 0)) return lines;
  throw fileError("import.option", "skipLines: give a whole number, 0 or more");
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
}

/** What isn't there is taken for a file, which tells that it isn't there. Pipes and devices can be read only once. */
async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isFile() ?? true;
}

function streamOf(source: TableSource): {
  readonly stream: AsyncIterable<Uint8Array>;
  readonly name?: string | undefined;
} {
  if (typeof source === "string") return { stream: deviceOf(source), name: source };
  return source instanceof Uint8Array ? { stream: onePiece(source) } : source;
}

async function* deviceOf(path: string): AsyncGenerator<Uint8Array> {
  yield* createReadStream(path);
}

async function* onePiece(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
