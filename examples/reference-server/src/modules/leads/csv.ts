import { formatLocal } from "@recallkit/core/ports";
import { csvCell } from "../../frame/csv.js";

const BOM = "\ufeff";
/** Rows that are read at once. */
const PAGE = 1000;

/**
 * A table as CSV that Excel opens as it is, row by row: memory stays flat.
 *
 * @param page rows with ids above `after`, in their order; the last id read is the next `after`
 * @param zone of instants, which are columns whose name ends in `_at` or `_time`
 */
export async function* csvOf<R extends { readonly id: number }>(
  columns: readonly string[],
  page: (after: number, limit: number) => Promise<readonly R[]>,
  shape: (row: R) => object,
  zone: string,
): AsyncGenerator<string> {
  yield `${BOM}${columns.join(",")}\r\n`;
  for (let after = 0; ; ) {
    const rows = await page(after, PAGE);
    if (rows.length > 0) {
      yield `${rows
        .map((row) => {
          const cells = new Map<string, unknown>(Object.entries(shape(row)));
          return columns.map((column) => csvCell(cellValue(column, cells.get(column), zone))).join(",");
        })
        .join("\r\n")}\r\n`;
    }
    const last = rows.at(-1);
    if (rows.length < PAGE || !last) return;
    after = last.id;
  }
}

function cellValue(column: string, value: unknown, zone: string): string | number | null {
  if (value === null || value === undefined) return null;
  if (typeof value === "number") return /_(at|time)$/.test(column) ? formatLocal(value, zone) : value;
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
