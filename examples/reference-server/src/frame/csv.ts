/** Cells that a spreadsheet would take for a formula, also in full width, or that hold signs it runs on. */
const FORMULA = /^[=+\-@\t\r\0\uff1d\uff0b\uff0d\uff20]/;

/** A cell of CSV that no spreadsheet runs: what looks like a formula gets an apostrophe, which imports take off again. */
export function csvCell(value: string | number | null): string {
  if (value === null) return "";
  if (typeof value === "number") return String(value);
  const text = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Rows as CSV that Excel opens as it is, piece by piece. */
export async function* csvPieces(
  columns: readonly string[],
  rows: AsyncIterable<readonly (string | number | null)[]>,
): AsyncGenerator<string> {
  let piece = `\ufeff${columns.join(",")}\r\n`;
  for await (const row of rows) {
    piece += `${row.map(csvCell).join(",")}\r\n`;
    if (piece.length < PIECE) continue;
    yield piece;
    piece = "";
  }
  if (piece !== "") yield piece;
}

const PIECE = 64 * 1024;
