import { plainNumber } from "../workbook/cell-number.js";
import { localName, longer, markupEvents } from "./markup-events.js";
import type { MarkupRow } from "./markup-sheets.js";

/** Rows of all sheets of an "XML Spreadsheet 2003". @param mostColumns cells to the right of them are left out */
export function xmlSpreadsheetRows(
  pieces: AsyncIterable<Buffer>,
  mostColumns: number,
): AsyncGenerator<readonly MarkupRow[]> {
  let found: MarkupRow[] = [];
  let sheet = -1;
  let name = "";
  let line = 0;
  let cells: string[] = [];
  let column = 0;
  let across = 0;
  let data: { readonly type: string; text: string } | undefined;
  const attribute = (attributes: Record<string, string>, key: string) => attributes[`ss:${key}`] ?? attributes[key];

  return markupEvents(
    pieces,
    "xml",
    {
      onopentag(tag, attributes) {
        switch (localName(tag)) {
          case "Worksheet":
            sheet += 1;
            name = attribute(attributes, "Name") ?? "";
            line = 0;
            break;
          case "Row":
            line = Number(attribute(attributes, "Index") ?? line + 1);
            cells = [];
            column = 0;
            break;
          case "Cell":
            column = Number(attribute(attributes, "Index") ?? column + 1);
            across = Number(attribute(attributes, "MergeAcross") ?? 0);
            break;
          case "Data":
            data = { type: attribute(attributes, "Type") ?? "String", text: "" };
            break;
        }
      },
      ontext(text) {
        if (data) data.text = longer(data.text, text);
      },
      onclosetag(tag) {
        switch (localName(tag)) {
          case "Data":
            if (data && column >= 1 && column <= mostColumns) {
              while (cells.length < column - 1) cells.push("");
              cells[column - 1] = cellText(data);
            }
            data = undefined;
            break;
          case "Cell":
            column += across;
            break;
          case "Row":
            if (cells.length > 0) found.push({ sheet, name, line, cells });
            break;
        }
      },
    },
    () => {
      const batch = found;
      found = [];
      return batch;
    },
  );
}

function cellText({ type, text }: { readonly type: string; readonly text: string }): string {
  if (type === "Number") return plainNumber(text);
  if (type === "DateTime") return text.replace(/\.000$/, "");
  if (type === "Boolean") return text === "1" ? "TRUE" : "FALSE";
  return type === "Error" ? "" : text;
}
