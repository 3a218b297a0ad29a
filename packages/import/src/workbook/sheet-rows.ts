import { detached, localName, longer, markupEvents } from "../markup/markup-events.js";
import { fileError } from "../source/import-error.js";
import type { CellFormat } from "./cell-format.js";
import { hasLostDigits, plainNumber, serialDate } from "./cell-number.js";
import type { SharedTexts } from "./shared-texts.js";
import type { SheetRow } from "./sheet.js";

export interface SheetContext {
  readonly file: string;
  readonly texts: SharedTexts;
  readonly formats: readonly CellFormat[];
  readonly is1904: boolean;
  readonly mostColumns: number;
  note(code: string, line: number): void;
}

/** Rows of the XML of a sheet that have cells. @throws {RecallKitError} `import.damaged-workbook`, `import.limit` */
export async function* sheetRows(
  pieces: AsyncIterable<Buffer>,
  context: SheetContext,
): AsyncGenerator<readonly SheetRow[]> {
  let found: SheetRow[] = [];
  let cells: string[] = [];
  let line = 0;
  let column = -1;
  let cell: OpenCell = { type: "n", style: 0, value: "", hasValue: false, isFormula: false };
  let taken: "value" | "text" | undefined;
  let phonetic = 0;
  let isWhole = false;

  const handler = {
    onopentag(name: string, attributes: Record<string, string>) {
      switch (localName(name)) {
        case "row":
          line = attributes.r === undefined ? line + 1 : Number(attributes.r);
          cells = [];
          column = -1;
          break;
        case "c":
          column = attributes.r === undefined ? column + 1 : columnOf(attributes.r);
          cell = {
            type: attributes.t ?? "n",
            style: Number(attributes.s ?? 0),
            value: "",
            hasValue: false,
            isFormula: false,
          };
          break;
        case "f":
          cell.isFormula = true;
          break;
        case "v":
          taken = "value";
          cell.hasValue = true;
          break;
        case "rPh":
          phonetic += 1;
          break;
        case "t":
          taken = phonetic === 0 ? "text" : undefined;
          cell.hasValue = true;
          break;
      }
    },
    ontext(data: string) {
      if (taken) cell.value = longer(cell.value, data);
    },
    onclosetag(name: string) {
      switch (localName(name)) {
        case "c": {
          const text = cellText(cell, line, context);
          if (text === "") break;
          if (column >= context.mostColumns) throw tooWide(context, column);
          while (cells.length < column) cells.push("");
          cells[column] = detached(text);
          break;
        }
        case "v":
        case "t":
          taken = undefined;
          break;
        case "rPh":
          phonetic -= 1;
          break;
        case "row":
          if (cells.length > 0) found.push({ line, lastLine: line, cells });
          break;
        case "sheetData":
        case "worksheet":
          isWhole = true;
          break;
      }
    },
  };
  yield* markupEvents(pieces, "xml", handler, () => {
    const batch = found;
    found = [];
    return batch;
  });
  if (!isWhole)
    throw fileError("import.damaged-workbook", `${context.file}: a sheet is cut short`, { hint: "save it again" });
}

interface OpenCell {
  readonly type: string;
  readonly style: number;
  value: string;
  hasValue: boolean;
  isFormula: boolean;
}

function cellText(cell: OpenCell, line: number, context: SheetContext): string {
  if (cell.isFormula && !cell.hasValue) {
    context.note("cell.no-value", line);
    return "";
  }
  switch (cell.type) {
    case "s":
      return cell.value === "" ? "" : sharedText(cell.value, context);
    case "inlineStr":
    case "str":
      return unescaped(cell.value);
    case "b":
      return cell.value === "1" ? "TRUE" : cell.value === "0" ? "FALSE" : cell.value;
    case "e":
      context.note("cell.error", line);
      return "";
    case "d":
      return cell.value.replace(/Z$/, "").replace(/\.000$/, "");
    default:
      return numberText(cell, line, context);
  }
}

function numberText(cell: OpenCell, line: number, context: SheetContext): string {
  if (cell.value === "") return "";
  const format = context.formats[cell.style] ?? "number";
  if (typeof format === "string" && format !== "number") return serialDate(cell.value, format, context.is1904);
  const plain = plainNumber(cell.value);
  if (hasLostDigits(plain)) context.note("cell.lost-digits", line);
  return typeof format === "object" && /^\d+$/.test(plain) ? plain.padStart(format.digits, "0") : plain;
}

function sharedText(index: string, { texts, file }: SheetContext): string {
  const text = texts.at(Number(index));
  if (text === undefined)
    throw fileError("import.damaged-workbook", `${file}: a cell names a text that the workbook doesn't have`, {
      hint: "open it in Excel or WPS and save it again",
    });
  return unescaped(text);
}

/** Characters that XML can't hold are written `_x000D_`. */
function unescaped(text: string): string {
  if (!text.includes("_x")) return text;
  return text.replace(/_x([0-9A-Fa-f]{4})_/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}

function tooWide({ file, mostColumns }: SheetContext, column: number) {
  return fileError("import.limit", `${file} has a cell in column ${column + 1}; ${mostColumns} are the most`);
}

/** Index of the column of `AB12`. */
function columnOf(reference: string): number {
  let index = 0;
  for (const letter of /^[A-Z]+/.exec(reference)?.[0] ?? "A") index = index * 26 + letter.charCodeAt(0) - 64;
  return index - 1;
}
