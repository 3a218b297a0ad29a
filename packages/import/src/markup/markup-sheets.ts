import type { Sheet, SheetRow } from "../workbook/sheet.js";

/** A row of a document that holds several tables one after the other. */
export interface MarkupRow {
  /** Number of the table, from 0. */
  readonly sheet: number;
  readonly name?: string;
  readonly line: number;
  readonly cells: readonly string[];
}

/**
 * The tables of a document that have rows. Each reading reads the document from its beginning.
 *
 * @param read all rows of all tables
 */
export async function markupSheets(
  read: (signal?: AbortSignal) => AsyncIterable<readonly MarkupRow[]>,
): Promise<readonly Sheet[]> {
  const names = new Map<number, string>();
  for await (const batch of read())
    for (const { sheet, name } of batch) if (!names.has(sheet)) names.set(sheet, name ?? String(sheet + 1));
  return [...names].map(([number, name]) => ({
    name,
    isHidden: false,
    async *rows(signal) {
      for await (const batch of read(signal)) {
        const own = batch.filter(({ sheet }) => sheet === number).map(asSheetRow);
        if (own.length > 0) yield own;
      }
    },
  }));
}

function asSheetRow({ line, cells }: MarkupRow): SheetRow {
  return { line, lastLine: line, cells };
}
