import { BLANK_SIGNS, blankNameTest, blankTest } from "../cell/blank-words.js";
import { cleanCell } from "../cell/cell-text.js";
import type { Field } from "../mapping/field.js";
import type { FoundColumns } from "../mapping/find-columns.js";

/** The cleaned cell of a field; "" for a blank one, or when the table has no such column. */
export type CellOf<F extends Field> = (field: F) => string;

/** What people and things are called, where Null and None are names. */
const NAMES: ReadonlySet<Field> = new Set<Field>([
  "name",
  "given_name",
  "family_name",
  "description",
  "category",
  "brand",
  "store",
  "user_name",
]);

/** Makes what reads cells by field. @param blanks words that stand for nothing. @default BLANK_WORDS */
export function cellReader<F extends Field>(
  columns: FoundColumns<F>,
  blanks: readonly string[] | undefined,
): (cells: readonly string[], field: F) => string {
  const isBlank = blankTest(blanks);
  const isBlankName = blankNameTest(blanks);
  const isBlankStatus = blankTest(blanks ?? BLANK_SIGNS);
  return (cells, field) => {
    const at = columns.at(field);
    const raw = at < 0 ? "" : (cells[at] ?? "");
    if (raw === "") return "";
    const text = cleanCell(raw);
    if (field === "status") return isBlankStatus(text) ? "" : text;
    if (!NAMES.has(field) && field !== "city") return isBlank(text) ? "" : text;
    const line = text.replace(/\s*[\t\n\v\f\r]\s*/g, " ");
    return (field === "city" ? isBlank(line) : isBlankName(line)) ? "" : line;
  };
}
