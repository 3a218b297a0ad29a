import { longer, markupEvents } from "./markup-events.js";
import type { MarkupRow } from "./markup-sheets.js";

/** Most columns or rows that one cell of a web page spans; browsers have the same bound for columns. */
const MOST_SPAN = 1000;

/**
 * Rows of all tables of a web page, as programs write it with the name `.xls`. A table inside a cell is text of that
 * cell. A cell that spans several columns or rows fills the first of them. `x:num` is the number that Excel shows cut.
 */
export function htmlRows(pieces: AsyncIterable<Buffer>): AsyncGenerator<readonly MarkupRow[]> {
  let found: MarkupRow[] = [];
  let depth = 0;
  let sheet = -1;
  let line = 0;
  let cells: string[] | undefined;
  let cell: { text: string; readonly number: string; readonly columns: number; readonly rows: number } | undefined;
  let silent = 0;
  /** How many more rows a cell above takes of each column. */
  let taken: number[] = [];

  const finishCell = () => {
    if (!cell || !cells) return;
    while ((taken[cells.length] ?? 0) > 0) cells.push("");
    const { text, number, columns, rows } = cell;
    const value = number === "" ? text.replace(/[\t\n\r ]+/g, " ").trim() : number;
    for (let at = 0; at < columns; at += 1) {
      if (rows > 1) taken[cells.length] = rows;
      cells.push(at === 0 ? value : "");
    }
    cell = undefined;
  };
  const finishRow = () => {
    finishCell();
    if (!cells) return;
    line += 1;
    taken = taken.map((rows) => Math.max(0, rows - 1));
    found.push({ sheet, line, cells });
    cells = undefined;
  };

  return markupEvents(
    pieces,
    "html",
    {
      onopentag(name, attributes) {
        if (name === "script" || name === "style") silent += 1;
        if (name === "table") {
          depth += 1;
          if (depth === 1) {
            sheet += 1;
            line = 0;
            taken = [];
          }
        }
        if (depth > 1) return;
        if (name === "tr" && depth === 1) {
          finishRow();
          cells = [];
        } else if ((name === "td" || name === "th") && depth === 1) {
          finishCell();
          cells ??= [];
          cell = {
            text: "",
            number: (attributes["x:num"] ?? "").trim(),
            columns: span(attributes.colspan),
            rows: span(attributes.rowspan),
          };
        } else if (name === "br" && cell) cell.text += " ";
      },
      ontext(data) {
        if (cell && silent === 0) cell.text = longer(cell.text, data);
      },
      onclosetag(name) {
        if (name === "script" || name === "style") silent -= 1;
        if (name === "table") {
          if (depth === 1) finishRow();
          depth = Math.max(0, depth - 1);
        }
        if (depth > 1) return;
        if (name === "tr") finishRow();
        else if (name === "td" || name === "th") finishCell();
      },
    },
    () => {
      const batch = found;
      found = [];
      return batch;
    },
  );
}

function span(attribute: string | undefined): number {
  const count = Number(attribute ?? 1);
  return Number.isInteger(count) && count > 1 ? Math.min(count, MOST_SPAN) : 1;
}
