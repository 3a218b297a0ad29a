import { InputError, StorageError } from "@recallkit/core";
import type { CellValue } from "./context.js";

/**
 * Values, or rows of values, as the JSON text that an engine takes apart again.
 *
 * Text that is no well-formed Unicode is mended as on every other way into the database: U+FFFD for a lone surrogate.
 *
 * @throws {InputError} for a text with U+0000, which SQLite would cut off when reading and PostgreSQL refuses
 * @throws {StorageError} `storage.invalid-parameter` for anything but text, null and finite numbers up to ±(2^53 − 1)
 */
export function jsonParameter(values: readonly CellValue[] | readonly (readonly CellValue[])[]): string {
  for (const value of values) {
    if (isRow(value)) value.forEach(assertStorable);
    else assertStorable(value);
  }
  return wellFormed(values);
}

/** Rows as JSON objects of the columns named; the same errors. */
export function jsonRecords(columns: readonly string[], rows: readonly (readonly CellValue[])[]): string {
  for (const row of rows) row.forEach(assertStorable);
  return wellFormed(
    rows.map((row) => Object.fromEntries(columns.map((column, index) => [column, row[index] ?? null]))),
  );
}

function wellFormed(value: unknown): string {
  const json = JSON.stringify(value);
  // A lone surrogate is written as an escape; a backslash of the text itself looks alike, so the second look is exact.
  return /\\ud[89a-f]/.test(json) ? JSON.stringify(value, mended) : json;
}

function isRow(value: CellValue | readonly CellValue[]): value is readonly CellValue[] {
  return Array.isArray(value);
}

/** @throws as {@link jsonParameter} */
export function assertStorable(value: CellValue): void {
  if (value === null) return;
  if (typeof value === "string") {
    if (!value.includes("\0")) return;
    const message = "text must not contain U+0000";
    throw new InputError([{ path: "", code: "text.control-character", message }]);
  }
  const isStorable =
    typeof value === "number" && (Number.isInteger(value) ? Number.isSafeInteger(value) : Number.isFinite(value));
  if (!isStorable)
    throw new StorageError("storage.invalid-parameter", `a value of type ${typeof value} cannot be stored`);
}

function mended(_key: string, value: unknown): unknown {
  return typeof value === "string" ? Buffer.from(value, "utf8").toString("utf8") : value;
}
