import { fileError } from "../source/import-error.js";
import { fittedRow } from "../table/fitted-row.js";
import type { Header } from "../table/header.js";
import type { BrokenRow, Table, TableRow } from "../table/table.js";
import { type EncodingName, inUtf8 } from "../text/encoding.js";
import { type Line, linesOf } from "../text/lines.js";
import { DELIMITERS, type DelimiterName, findLayout, toldDelimiter } from "./delimiter.js";
import { type CsvRecord, recordAssembler } from "./records.js";

export interface CsvTableOptions {
  readonly name: string;
  readonly encoding: EncodingName;
  /** Whether U+FFFD stands for damage, so that a row that holds it can't be read. */
  readonly isDamaged: boolean;
  readonly delimiter?: DelimiterName | undefined;
  readonly skipLines?: number | undefined;
  readonly rowBytes: number;
  readonly columns: number;
}

export interface CsvTable extends Table {
  readonly delimiter: DelimiterName;
  readonly header: Header;
}

/** Lines by which delimiter and header are judged. */
const SAMPLE_LINES = 400;

/**
 * A table out of a text.
 *
 * @param read the bytes of the file from the beginning; called once for the header and for each reading of the rows
 */
export async function openCsvTable(
  read: (signal?: AbortSignal) => AsyncIterable<Buffer>,
  options: CsvTableOptions,
): Promise<CsvTable> {
  const lines = await firstLines(linesOf(inUtf8(read(), options.encoding), options.rowBytes));
  if (lines.some(({ isCut }) => isCut) && lines.every(({ isCut, text }) => isCut || text.trim() === ""))
    throw fileError(
      "import.limit",
      `${options.name} holds no line shorter than ${Math.max(1, Math.round(options.rowBytes / 1e6))} MB`,
      {
        hint: "it is no table, or its line ends got lost: export it again as CSV",
      },
    );
  const told = toldDelimiter(lines[0]);
  const { delimiter, header } = findLayout(options.name, told ? lines.slice(1) : lines, {
    delimiter: options.delimiter ?? told,
    skipLines: options.skipLines,
    columns: options.columns,
    mostCharacters: options.rowBytes,
  });
  return {
    columns: header.columns,
    delimiter,
    header,
    async *rows({ signal } = {}) {
      const assembler = recordAssembler({
        delimiter: DELIMITERS[delimiter],
        columns: header.columns.length,
        mostCharacters: options.rowBytes,
      });
      const source = linesOf(inUtf8(read(signal), options.encoding), options.rowBytes);
      for await (const batch of source) {
        const below = (batch[0]?.number ?? 0) > header.lastLine ? batch : batch.filter(isBelow(header));
        for (const record of assembler.add(below)) yield* rowOf(record, header.columns.length, options.isDamaged);
        signal?.throwIfAborted();
      }
      for (const record of assembler.end()) yield* rowOf(record, header.columns.length, options.isDamaged);
    },
  };
}

async function firstLines(batches: AsyncIterable<readonly Line[]>): Promise<readonly Line[]> {
  const lines: Line[] = [];
  for await (const batch of batches) {
    for (const line of batch) lines.push(line);
    if (lines.length >= SAMPLE_LINES) break;
  }
  return lines.slice(0, SAMPLE_LINES);
}

const isBelow = (header: Header) => (line: Line) => line.number > header.lastLine;

function rowOf(record: CsvRecord, columns: number, isDamaged: boolean): readonly (TableRow | BrokenRow)[] {
  const { line } = record;
  if ("code" in record) return [{ line, code: record.code, raw: record.raw.slice(0, 2000) }];
  const row = fittedRow(line, record.cells, columns);
  if (!row) return [];
  if ("code" in row) return [row];
  if (row.cells.some((cell) => cell.includes("\0"))) return [{ line, code: "row.nul", raw: rawOf(record.cells) }];
  if (isDamaged && row.cells.some((cell) => cell.includes("\ufffd")))
    return [{ line, code: "row.undecodable", raw: rawOf(record.cells) }];
  return [row];
}

function rawOf(cells: readonly string[]): string {
  return cells.join(" | ").slice(0, 2000);
}
