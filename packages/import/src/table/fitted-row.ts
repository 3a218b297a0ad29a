import type { BrokenRow, TableRow } from "./table.js";

/** A row with just as many cells as there are columns; a broken one if it has more; nothing for a blank one. */
export function fittedRow(line: number, cells: readonly string[], columns: number): TableRow | BrokenRow | undefined {
  if (cells.every(isBlank)) return undefined;
  if (cells.length === columns) return { line, cells };
  if (cells.length < columns) return { line, cells: [...cells, ...new Array<string>(columns - cells.length).fill("")] };
  if (!cells.slice(columns).every(isBlank))
    return { line, code: "row.too-long", raw: cells.join(" | ").slice(0, 2000) };
  return { line, cells: cells.slice(0, columns) };
}

function isBlank(cell: string): boolean {
  return cell === "" || cell === "\x1a" || cell.trim() === "";
}
