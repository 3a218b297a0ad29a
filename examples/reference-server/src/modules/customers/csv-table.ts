import { pipeline, Readable } from "node:stream";
import { CsvError, parse } from "csv-parse";
import { fileError } from "./import-fault.js";
import { type ReadFileOptions, readTextFile } from "./text-file.js";

/** What separates cells; `auto` is whichever of them is most frequent in the first line. */
export const DELIMITERS = { auto: undefined, ",": ",", ";": ";", tab: "\t" } as const;
export type DelimiterName = keyof typeof DELIMITERS;

/** One line of data. */
export interface CsvRow {
  /** Line of the file on which it begins, from 1. */
  readonly line: number;
  readonly cells: readonly string[];
}

/** An open table: its header is read, its rows are not. */
export interface CsvTable {
  readonly header: readonly string[];
  /** May be walked once; blank lines are left out. */
  readonly rows: AsyncIterable<CsvRow>;
}

export interface OpenCsvOptions extends ReadFileOptions {
  /** @default "auto" */
  readonly delimiter?: DelimiterName | undefined;
}

/** Longest line, bytes: an opening quote without an end must not swallow the file. */
const MAX_LINE_BYTES = 1_000_000;

/**
 * Opens a CSV file with a header. A byte order mark, CRLF and blanks around cells do not matter.
 *
 * @throws {RecallKitError} `import.empty`, `import.malformed` (also while rows are read) and those of the file itself
 */
export async function openCsv(file: string, options: OpenCsvOptions = {}): Promise<CsvTable> {
  const pieces = readTextFile(file, options);
  const head = await firstLine(pieces);
  const delimiter = DELIMITERS[options.delimiter ?? "auto"] ?? frequentDelimiter(head.toString("utf8"));
  const rows = rowsOf(joined(head, pieces), delimiter);
  const first = await rows.next();
  if (first.done) throw fileError("import.empty", "the file holds no lines");
  return { header: first.value.cells, rows };
}

async function firstLine(pieces: AsyncGenerator<Buffer>): Promise<Buffer> {
  let head = Buffer.alloc(0);
  while (endOfLine(head) < 0 && head.length < MAX_LINE_BYTES) {
    const next = await pieces.next();
    if (next.done) break;
    head = Buffer.concat([head, next.value]);
  }
  return head;
}

const NEWLINES = [0x0a, 0x0d];
const QUOTE = 0x22;

/** Index of the first line end outside quotes that follows something, or -1. */
function endOfLine(text: Uint8Array): number {
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === QUOTE) quoted = !quoted;
    else if (!quoted && at > 0 && NEWLINES.includes(text[at] ?? 0)) return at;
  }
  return -1;
}

function frequentDelimiter(head: string): string {
  const bytes = Buffer.from(head.trimStart());
  const end = endOfLine(bytes);
  const line = bytes.toString("utf8", 0, end < 0 ? bytes.length : end).replace(/"[^"]*"/g, "");
  const counted = [",", ";", "\t"].map((delimiter) => ({ delimiter, count: line.split(delimiter).length }));
  return counted.reduce((best, one) => (one.count > best.count ? one : best)).delimiter;
}

async function* joined(head: Buffer, rest: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  if (head.length > 0) yield head;
  yield* rest;
}

async function* rowsOf(bytes: AsyncGenerator<Buffer>, delimiter: string): AsyncGenerator<CsvRow> {
  const parser = parse({
    delimiter,
    bom: true,
    trim: true,
    relax_quotes: true,
    relax_column_count: true,
    record_delimiter: ["\r\n", "\n", "\r"],
    max_record_size: MAX_LINE_BYTES,
  });
  // As for gzip: what goes wrong ends the iteration.
  const records: AsyncIterable<string[]> = pipeline(Readable.from(bytes), parser, () => {});
  let line = 1;
  try {
    for await (const cells of records) {
      if (cells.some((cell) => cell !== "")) yield { line, cells };
      // Counted here, because the parser's own count makes it half as fast.
      line += 1 + cells.reduce((sum, cell) => sum + (cell.includes("\n") ? cell.split("\n").length - 1 : 0), 0);
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw fileError(
      "import.malformed",
      `the table breaks after line ${line - 1}: ${reasonOf(error)}`,
      undefined,
      error,
    );
  }
}

function reasonOf(error: CsvError): string {
  if (error.code === "CSV_MAX_RECORD_SIZE")
    return "a line is longer than 1 MB, most likely for want of a closing quote";
  return error.code === "CSV_QUOTE_NOT_CLOSED" ? "a quote is never closed" : error.code;
}
