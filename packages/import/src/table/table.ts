/** A row of a table as its file wrote it: texts, nothing interpreted yet. */
export interface TableRow {
  /** Line (text files) or row (workbooks) where it begins, from 1, the header and lines above it counted. */
  readonly line: number;
  /** One text per column; missing cells of a short row are "". Dates of a workbook read `2010-12-01T08:26:00`. */
  readonly cells: readonly string[];
  /** Name of the file, if the table is a folder of files. */
  readonly file?: string;
}

/** A row that can't be a row of the table: its line, and why. */
export interface BrokenRow {
  readonly line: number;
  /**
   * `row.too-long`: more cells than columns. `row.oversized`: more bytes than allowed. `row.broken-quote`: a quote that
   * doesn't end a cell, or may belong to such a cell. `row.nul`: a NUL. `row.undecodable`: bytes that are no text.
   */
  readonly code: string;
  /** Name of the file, if the table is a folder of files. */
  readonly file?: string;
  /** The text of the row, cut to 2 000 characters. */
  readonly raw: string;
}

/** A table of a file. It can be read any number of times, and memory stays flat. */
export interface Table {
  /** Names of the columns as the header writes them, trimmed; an unnamed one is "". */
  readonly columns: readonly string[];
  /** All rows, in the order of the file. Stopping early ends the reading. */
  rows(options?: { readonly signal?: AbortSignal }): AsyncIterable<TableRow | BrokenRow>;
}
