import type { Line } from "../text/lines.js";
import { type RecordReader, recordReader } from "./record-reader.js";

/** A row of a text file: cells as they are written, or why there are none. */
export type CsvRecord = {
  readonly line: number;
  /** Line on which it ends. */
  readonly lastLine: number;
} & (
  | { readonly cells: readonly string[] }
  | { readonly code: "row.broken-quote" | "row.oversized"; readonly raw: string }
);

export interface RecordsOptions {
  readonly delimiter: string;
  /** Number of columns, once the header is known: what can't be a row of the table is told by it. */
  readonly columns?: number | undefined;
  /** Most characters of a row that goes over several lines. */
  readonly mostCharacters: number;
}

/** Turns lines into rows. */
export interface RecordAssembler {
  add(lines: readonly Line[]): CsvRecord[];
  /** What is left at the end of the file. */
  end(): CsvRecord[];
}

const MOST_LINES = 10_000;

/**
 * A quote that is opened and never closed must not swallow the rows after it. The row that opens it is broken when
 * - something else than a delimiter follows what would be the closing quote,
 * - the file or the bound on a row comes before that quote, or
 * - each of its lines by itself has as many cells as the header, which a text with line breaks hardly ever has.
 *
 * Reading goes on with the line after the first one (in the last case after the last one). Until a line without quotes
 * in doubt and with just the right number of cells comes, lines are broken too: they might be the rest of that cell.
 */
export function recordAssembler({ delimiter, columns, mostCharacters }: RecordsOptions): RecordAssembler {
  let pending: Line[] = [];
  let size = 0;
  let reader: RecordReader | undefined;
  let isDoubtful = false;
  const found: CsvRecord[] = [];

  const close = () => {
    pending = [];
    size = 0;
    reader = undefined;
  };
  const breakRow = (lines: readonly Line[]) => {
    isDoubtful = columns !== undefined;
    for (const { number, text } of lines)
      found.push({ line: number, lastLine: number, code: "row.broken-quote", raw: text });
  };
  /** Gives up the row that is open: its first line is broken, the others are read again. */
  const giveUp = () => {
    const [first, ...others] = pending;
    close();
    if (!first) return;
    breakRow([first]);
    for (const line of others) addLine(line);
  };
  const isSeveralRows = () =>
    columns !== undefined &&
    columns > 1 &&
    pending.length > 1 &&
    pending.every(({ text }, at) =>
      at === 0 ? text.split(delimiter).length === columns : cellCount(text, delimiter) === columns,
    );

  function addLine(line: Line): void {
    if (line.isCut) {
      giveUp();
      found.push({ line: line.number, lastLine: line.number, code: "row.oversized", raw: line.text });
      return;
    }
    reader ??= recordReader(delimiter);
    pending.push(line);
    size += line.text.length + line.end.length;
    const progress = reader.add(line.text, line.end);
    if (progress === "open") {
      if (size > mostCharacters || pending.length > MOST_LINES) giveUp();
      return;
    }
    if (progress === "broken") {
      giveUp();
      return;
    }
    const { cells, hasBareQuote } = reader;
    const lines = pending;
    if (isSeveralRows()) {
      close();
      breakRow(lines);
      return;
    }
    close();
    const isBlank = lines.length === 1 && line.text.trim() === "";
    if (isDoubtful && !isBlank) {
      if (hasBareQuote || lines.length > 1 || cells.length !== columns) {
        breakRow(lines);
        return;
      }
      isDoubtful = false;
    }
    found.push({ line: lines[0]?.number ?? line.number, lastLine: line.number, cells });
  }

  return {
    add(lines) {
      for (const line of lines) addLine(line);
      return found.splice(0);
    },
    end() {
      while (pending.length > 0) giveUp();
      return found.splice(0);
    },
  };
}

function cellCount(text: string, delimiter: string): number | undefined {
  const reader = recordReader(delimiter);
  return reader.add(text, "") === "ended" ? reader.cells.length : undefined;
}
