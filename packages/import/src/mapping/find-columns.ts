import { InputError } from "@recallkit/core";
import type { Field } from "./field.js";

/** The columns of a table, found by name. */
export interface FoundColumns<F extends Field> {
  /** Place of a field's column; -1 when it has none. */
  at(field: F): number;
  has(field: F): boolean;
}

/** Place of a column: by its exact name, else without regard to case. @returns -1: none. -2: several */
export function placeOf(columns: readonly string[], name: string): number {
  const exact = columns.flatMap((column, at) => (column === name ? [at] : []));
  const lower = name.trim().toLowerCase();
  const places =
    exact.length > 0 ? exact : columns.flatMap((column, at) => (column.trim().toLowerCase() === lower ? [at] : []));
  return places.length > 1 ? -2 : (places[0] ?? -1);
}

/**
 * Finds the columns that a mapping names.
 *
 * @throws {InputError} all that are missing (`import.column-missing`) or there twice (`import.column-ambiguous`) at once
 */
export function findColumns<F extends Field>(
  columns: readonly string[],
  names: Readonly<Partial<Record<F, string>>>,
): FoundColumns<F> {
  const places = new Map<string, number>();
  const issues = Object.entries<string | undefined>(names).flatMap(([field, name]) => {
    if (name === undefined) return [];
    const place = placeOf(columns, name);
    places.set(field, place);
    if (place >= 0) return [];
    const [code, message] =
      place === -1
        ? (["import.column-missing", "the file has no such column"] as const)
        : (["import.column-ambiguous", "the file has several such columns"] as const);
    return [{ path: `columns.${field}`, code, message, params: { column: name } }];
  });
  if (issues.length > 0) throw new InputError(issues);
  return { at: (field) => places.get(field) ?? -1, has: (field) => places.has(field) };
}
