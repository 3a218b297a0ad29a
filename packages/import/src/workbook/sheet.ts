import { type Candidate, fileError, QuestionError } from "../source/import-error.js";
import { fittedRow } from "../table/fitted-row.js";
import { findHeader, type Header, type SampleRow, width } from "../table/header.js";
import type { Table } from "../table/table.js";

/** A row of a sheet: its number and cells, with all blank cells before the last one. */
export type SheetRow = SampleRow;

/** A sheet of a workbook, or a table of a web page. */
export interface Sheet {
  readonly name: string;
  readonly isHidden: boolean;
  /** Rows in batches; rows without cells may be left out. */
  rows(signal?: AbortSignal): AsyncIterable<readonly SheetRow[]>;
}

/**
 * The sheet with the table: the one that is named, or the only one in sight that has rows below a header.
 *
 * @param told its name, or its number from 1
 * @throws {RecallKitError} `import.sheet-unknown`, `import.empty`
 * @throws {QuestionError} `import.sheet-ambiguous`
 */
export async function chooseSheet(name: string, sheets: readonly Sheet[], told: string | undefined): Promise<Sheet> {
  if (told !== undefined) {
    const found = sheets.find((sheet) => sheet.name.trim() === told.trim()) ?? sheets[Number(told) - 1];
    if (found) return found;
    throw fileError("import.sheet-unknown", `${name} has no sheet "${told}"`, {
      hint: `its sheets: ${sheets.map((sheet) => sheet.name).join(", ")}`,
    });
  }
  const counted: { readonly sheet: Sheet; readonly rows: readonly SheetRow[] }[] = [];
  for (const sheet of sheets.filter(({ isHidden }) => !isHidden))
    counted.push({ sheet, rows: await firstRows(sheet, 2) });
  const filled = [2, 1].map((least) => counted.filter(({ rows }) => rows.length >= least));
  const fitting = filled.find((found) => found.length > 0) ?? [];
  const [first, ...others] = fitting;
  if (!first)
    throw fileError("import.empty", `${name} holds no rows`, { hint: "check that it is the right file and was saved" });
  if (others.length === 0) return first.sheet;
  const candidates = fitting.map(
    ({ sheet, rows }): Candidate => ({ value: sheet.name, sample: (rows[0]?.cells ?? []).join(" | ").slice(0, 80) }),
  );
  throw new QuestionError(
    "import.sheet-ambiguous",
    `${name} has several sheets with rows: ${candidates.map(({ value }) => value).join(", ")}`,
    "sheet",
    candidates,
    { hint: "name the sheet with --sheet" },
  );
}

/** Rows by which the header is judged. */
const SAMPLE_ROWS = 400;

export interface SheetTable extends Table {
  readonly header: Header;
}

/** @throws {RecallKitError} as {@link findHeader} does */
export async function openSheetTable(
  name: string,
  sheet: Sheet,
  options: { readonly skipLines?: number | undefined; readonly columns: number },
): Promise<SheetTable> {
  const header = findHeader(name, await firstRows(sheet, SAMPLE_ROWS), options);
  return {
    columns: header.columns,
    header,
    async *rows({ signal } = {}) {
      for await (const batch of sheet.rows(signal)) {
        for (const { line, cells } of batch) {
          const row = line > header.line ? fittedRow(line, cells, header.columns.length) : undefined;
          if (row) yield row;
        }
        signal?.throwIfAborted();
      }
    },
  };
}

async function firstRows(sheet: Sheet, count: number): Promise<readonly SheetRow[]> {
  const rows: SheetRow[] = [];
  for await (const batch of sheet.rows()) {
    for (const row of batch) if (width(row) > 0) rows.push(row);
    if (rows.length >= count) break;
  }
  return rows.slice(0, count);
}
