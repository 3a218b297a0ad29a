import { ConfigError } from "@recallkit/core";
import { fileError } from "./import-fault.js";

/** Column names by field, where they differ from the field's. */
export type ColumnNames<F extends string> = Readonly<Partial<Record<F, string>>>;

/** The cell of a field in one line; empty when the table has no such column. */
export type ReadCell<F extends string> = (cells: readonly string[], field: F) => string;

/** A table's columns, found by name. */
export interface FoundColumns<F extends string> {
  readonly cell: ReadCell<F>;
  has(field: F): boolean;
}

/**
 * Reads `field=column,field=column`.
 *
 * @throws {ConfigError} `config.invalid` names the part that is wrong
 */
export function parseColumnNames<F extends string>(text: string, fields: readonly F[]): ColumnNames<F> {
  const pairs = text.split(",").map((part) => {
    const at = part.indexOf("=");
    const name = part.slice(0, at).trim();
    const field = fields.find((known) => known === name);
    const column = part.slice(at + 1).trim();
    if (at < 0 || field === undefined || column === "") {
      const hint = `write field=column,…; fields are ${fields.join(", ")}`;
      throw new ConfigError("config.invalid", "--map", `--map: cannot use ${JSON.stringify(part)}`, { hint });
    }
    return [field, column] as const;
  });
  // Every key was found in `fields` above.
  return Object.fromEntries(pairs) as ColumnNames<F>;
}

/**
 * Finds the columns of fields in a header: by the exact name, else without regard to case.
 *
 * @throws {RecallKitError} `import.column-missing` lists all that are required or named and not there; `import.column-ambiguous`
 */
export function findColumns<F extends string>(
  header: readonly string[],
  fields: readonly F[],
  { names, required }: { readonly names: ColumnNames<F>; readonly required: readonly F[] },
): FoundColumns<F> {
  const found = new Map<F, number>();
  const missing: string[] = [];
  for (const field of fields) {
    const name = names[field] ?? field;
    const places = placesOf(header, name);
    if (places.length > 1) throw fileError("import.column-ambiguous", `the header names the column ${name} twice`);
    const [place] = places;
    if (place !== undefined) found.set(field, place);
    else if (required.includes(field) || names[field] !== undefined) missing.push(name);
  }
  if (missing.length > 0) {
    const hint = `the header has ${header.map((name) => name || '""').join(", ")}; other names are given with --map field=column`;
    throw fileError("import.column-missing", `the file lacks the column ${missing.join(", ")}`, hint);
  }
  return {
    cell: (cells, field) => cells[found.get(field) ?? -1] ?? "",
    has: (field) => found.has(field),
  };
}

function placesOf(header: readonly string[], name: string): readonly number[] {
  const exact = header.flatMap((column, index) => (column === name ? [index] : []));
  if (exact.length > 0) return exact;
  const lower = name.toLowerCase();
  return header.flatMap((column, index) => (column.toLowerCase() === lower ? [index] : []));
}
