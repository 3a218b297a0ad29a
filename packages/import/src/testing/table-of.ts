import type { Table } from "../table/table.js";

/** A table in memory; the header is line 1. */
export function tableOf(columns: readonly string[], rows: readonly (readonly string[])[]): Table {
  return {
    columns,
    async *rows() {
      for (const [at, cells] of rows.entries()) {
        yield { line: at + 2, cells: columns.map((_, place) => cells[place] ?? "") };
      }
    },
  };
}

/** A table of lines with commas between cells that hold none: the first line names the columns. */
export function tableOfLines(...lines: readonly string[]): Table {
  const [header = "", ...rows] = lines;
  return tableOf(
    header.split(","),
    rows.map((row) => row.split(",")),
  );
}
