import { type Candidate, fileError, QuestionError } from "../source/import-error.js";

/** A row of the beginning of a table, blank ones left out. */
export interface SampleRow {
  readonly line: number;
  readonly lastLine: number;
  readonly cells: readonly string[];
}

/** Where the header stands. */
export interface Header {
  readonly line: number;
  readonly lastLine: number;
  /** Lines above it that hold something, as a title or the time of the export. */
  readonly skipped: readonly number[];
  /** Trimmed; without blank ones at the end. */
  readonly columns: readonly string[];
}

/** Rows in which a header is looked for. */
const MOST_LINES_ABOVE = 40;

/**
 * Finds the header: the first row that is as wide as the rows after it and holds words, not values. Rows above it are
 * passed over only if values stand below its words, since otherwise nothing tells a title from a header.
 *
 * @param skipLines the header is the first row after so many lines, whatever it holds
 * @throws {RecallKitError} `import.empty`, `import.limit`
 * @throws {QuestionError} `import.header-ambiguous`
 */
export function findHeader(
  name: string,
  rows: readonly SampleRow[],
  options: { readonly skipLines?: number | undefined; readonly columns: number },
): Header {
  const header = headerOf(name, rows, options.skipLines);
  if (header.columns.length > options.columns)
    throw fileError("import.limit", `${name} has ${header.columns.length} columns; ${options.columns} are the most`, {
      hint: "check --delimiter and the header",
    });
  return header;
}

function headerOf(name: string, rows: readonly SampleRow[], skipLines: number | undefined): Header {
  const told = skipLines === undefined ? undefined : rows.filter(({ line }) => line > skipLines);
  const [first, ...others] = told ?? rows;
  if (!first)
    throw fileError("import.empty", `${name} holds no rows${told ? ` after line ${skipLines}` : ""}`, {
      hint: "check that it is the right file and was saved whole",
    });
  if (told) return asHeader(first, rows);
  if (others.length === 0 && isWords(first)) return asHeader(first, rows);

  // Above a table of several columns, a line with one cell is a title, however few rows the table has.
  const least = rows.filter((row) => width(row) > 1).length > 1 ? 2 : 1;
  const at = rows
    .slice(0, MOST_LINES_ABOVE)
    .findIndex((row, index) => width(row) >= least && isWide(rows, index) && isWords(row));
  const found = rows[at];
  const [title, second] = rows;
  if (at === 0 && title && second)
    return asHeader(hasBetterHeader(title, second, rows.slice(2)) ? second : title, rows);
  // A row above it that is as wide might be data, and the found one too.
  if (found && hasValuesBelow(rows, at) && rows.slice(0, at).every((row) => width(row) < width(found)))
    return asHeader(found, rows);
  throw question(name, rows, found);
}

function asHeader(row: SampleRow, rows: readonly SampleRow[]): Header {
  return {
    line: row.line,
    lastLine: row.lastLine,
    skipped: rows.filter(({ line }) => line < row.line).map(({ line }) => line),
    columns: row.cells.slice(0, width(row)).map((cell) => cell.trim()),
  };
}

/** Number of cells without blank ones at the end. */
export function width({ cells }: { readonly cells: readonly string[] }): number {
  let count = cells.length;
  while (count > 0 && (cells[count - 1] ?? "").trim() === "") count -= 1;
  return count;
}

/** Whether most rows after it fit under it. */
function isWide(rows: readonly SampleRow[], at: number): boolean {
  const after = rows.slice(at + 1);
  const own = width(rows[at] ?? { cells: [] });
  const fitting = after.filter((row) => width(row) <= own).length;
  return own > 0 && fitting >= after.length * 0.6;
}

/** Whether the first row is wider than the table, as a title with commas, and the second one fits it. */
function hasBetterHeader(title: SampleRow, second: SampleRow, after: readonly SampleRow[]): boolean {
  if (width(second) >= width(title) || width(second) < 2 || !isWords(second)) return false;
  const same = after.filter(({ cells }) => cells.length === second.cells.length).length;
  return after.length > 0 && same >= after.length * 0.9 && hasValuesBelow([second, ...after], 0);
}

const VALUE = /^[-+(]?[¥￥$€£]?\s*\d[\d.,:/\-\s+年月日时分秒TZ%()E元]*$/i;

function isValue(cell: string): boolean {
  return VALUE.test(cell.trim());
}

/** Names of columns are words; a few may be numbers, as years. */
function isWords({ cells }: SampleRow): boolean {
  const written = cells.filter((cell) => cell.trim() !== "");
  return written.length > 0 && written.filter(isValue).length <= written.length / 3;
}

/** Whether some column under this row holds values almost everywhere. */
function hasValuesBelow(rows: readonly SampleRow[], at: number): boolean {
  const below = rows.slice(at + 1);
  const header = rows[at]?.cells ?? [];
  return header.some((cell, column) => {
    if (cell.trim() === "" || isValue(cell)) return false;
    const written = below.map(({ cells }) => (cells[column] ?? "").trim()).filter((value) => value !== "");
    return written.length > 0 && written.filter(isValue).length >= written.length * 0.6;
  });
}

function question(name: string, rows: readonly SampleRow[], found: SampleRow | undefined): QuestionError {
  const candidates = [...new Set([rows[0], found, ...rows.slice(0, 4)])].filter((row) => row !== undefined);
  return new QuestionError(
    "import.header-ambiguous",
    `${name}: no line is certain to name the columns`,
    "skipLines",
    candidates
      .sort((a, b) => a.line - b.line)
      .map((row): Candidate => ({ value: String(row.line - 1), sample: row.cells.join(" | ").slice(0, 80) })),
    { hint: "name the number of lines above the header with --skip-lines; add a header if there is none" },
  );
}
