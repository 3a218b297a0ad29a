import { InputError } from "@recallkit/core";
import { blankNameTest } from "../cell/blank-words.js";
import { cleanCell } from "../cell/cell-text.js";
import { placeOf } from "../mapping/find-columns.js";
import type { AttributeColumn } from "../mapping/mapping.js";
import { type AttributeValue, readAttribute } from "./attribute.js";

/** Attributes of one row, and those that are no value of their type. */
export type AttributeCells = (cells: readonly string[]) => {
  readonly values: Readonly<Record<string, AttributeValue>>;
  readonly wrong: readonly { readonly path: string; readonly code: string }[];
};

/** Makes the reader of a table's attributes. @throws {InputError} `import.column-missing` */
export function attributeCells(
  columns: readonly string[],
  attributes: Readonly<Record<string, AttributeColumn>>,
  blanks: readonly string[] | undefined,
  zone: string,
): AttributeCells {
  const isBlank = blankNameTest(blanks);
  const found = Object.entries(attributes).map(([name, { column, type }]) => ({
    name,
    type,
    column,
    at: placeOf(columns, column),
  }));
  const missing = found.filter(({ at }) => at < 0);
  if (missing.length > 0) {
    throw new InputError(
      missing.map(({ name, column }) => ({
        path: `attributes.${name}`,
        code: "import.column-missing",
        message: "the file has no such column, or several",
        params: { column },
      })),
    );
  }
  return (cells) => {
    const values: Record<string, AttributeValue> = {};
    const wrong: { path: string; code: string }[] = [];
    for (const { name, type, at } of found) {
      const text = cleanCell(cells[at] ?? "");
      if (isBlank(text)) continue;
      const value = readAttribute(text, type, zone);
      if (value === undefined) wrong.push({ path: name, code: "attribute.invalid" });
      else values[name] = value;
    }
    return { values, wrong };
  };
}
