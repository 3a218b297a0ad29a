import { InputError } from "@recallkit/core";
import { cleanCell, type OpenTable } from "@recallkit/import";
import type { RowKind, RowMapping } from "../../frame/row-import.js";
import type { FirstLook } from "./look.js";

const SAMPLES = 5;

/** Finds out which columns are which of a kind's fields; reads the whole file, writes nothing. */
export async function lookAtRows(
  table: OpenTable,
  kind: RowKind,
  told: RowMapping | undefined,
): Promise<FirstLook & { readonly mapping: RowMapping }> {
  const matched = told ? [] : matchesOf(table.columns, kind);
  const columns = Object.fromEntries(matched.map(({ field, column }) => [field, column]));
  const mapping = told ?? { version: 1 as const, kind: kind.kind, columns };
  const named = placesOf(table.columns, kind, mapping);
  const samples: Record<string, string>[] = [];
  let rows = 0;
  for await (const row of table.rows()) {
    rows += 1;
    if (!("cells" in row) || samples.length === SAMPLES) continue;
    samples.push(
      Object.fromEntries(table.columns.map((column, at) => [column, cleanCell(row.cells[at] ?? "").slice(0, 200)])),
    );
  }
  const used = new Set([...named.values()]);
  const { format, packed = null, encoding = null, delimiter = null, sheet = null, sheets = [], header } = table;
  const shown = told
    ? Object.entries(told.columns).map(([field, column]) => ({
        field,
        column,
        reason: "told",
        confidence: "sure",
        others: [],
      }))
    : matched.map((match) => ({ ...match, reason: "name", confidence: "sure", others: [] }));
  const guess = {
    preset: undefined,
    columns: shown,
    unused: table.columns.filter((column, at) => column !== "" && !used.has(at)),
    missing: kind.missing(mapping),
    questions: [],
    statuses: [],
    rows,
    file: { format, packed, encoding, delimiter, sheet, sheets, header_line: header.line },
  };
  // The same form as an inspection's; its fields are named in the words of another package.
  const look = { columns: table.columns, guess: guess as unknown as FirstLook["look"]["guess"], question: null };
  return { look, mapping, samples, candidates: [] };
}

/** Places of the columns that a mapping names. @throws {InputError} those that are missing, at once */
export function placesOf(columns: readonly string[], kind: RowKind, mapping: RowMapping): ReadonlyMap<string, number> {
  const named = Object.entries({ ...mapping.columns, ...kind.otherColumns?.(mapping) });
  const places = new Map(named.map(([field, column]) => [field, columns.indexOf(column)]));
  const issues = named
    .filter(([field]) => places.get(field) === -1)
    .map(([field, column]) => {
      const message = "the file has no such column";
      return { path: `columns.${field}`, code: "import.column-missing", message, params: { column } };
    });
  if (issues.length > 0) throw new InputError(issues);
  return places;
}

function matchesOf(columns: readonly string[], { fields }: RowKind) {
  const taken = new Set<string>();
  return fields.flatMap(({ name, words }) => {
    const forms = [name, ...words].map(formOf);
    const column = columns.find((one) => !taken.has(one) && forms.includes(formOf(one)));
    if (column === undefined || column === "") return [];
    taken.add(column);
    return [{ field: name, column }];
  });
}

function formOf(name: string): string {
  return name
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[\s\p{P}\p{S}]/gu, "");
}
