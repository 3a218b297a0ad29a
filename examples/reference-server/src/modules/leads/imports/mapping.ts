import { InputError, type InputIssue } from "@recallkit/core";
import { parseInput } from "@recallkit/core/ports";
import { parseWith } from "@recallkit/http";
import * as z from "zod";
import type { ReadOutcome, RowField } from "../../../frame/row-import.js";

/** Columns of fields, each of which is known. */
export function columnsField(fields: readonly RowField[]) {
  const known = new Set(fields.map(({ name }) => name));
  return z.record(
    z.string().refine((name) => known.has(name), { message: "is no field of such files" }),
    z.string().min(1).max(255),
  );
}

/** Reads a mapping by its schema. @throws {InputError} every fault at once */
export function parsedMapping<S extends z.ZodType>(schema: S, told: unknown): z.output<S> {
  return parseInput(schema, told);
}

/** A row against a schema of bodies; blank cells are absent. */
export function readRow<S extends z.ZodType>(
  schema: S,
  cells: Readonly<Record<string, unknown>>,
): ReadOutcome<z.output<S>> {
  const given = Object.fromEntries(Object.entries(cells).filter(([, value]) => value !== "" && value !== undefined));
  const parsed = parseWith(schema, given, "en");
  return "value" in parsed ? { value: parsed.value } : { faults: parsed.issues };
}

/** A cell as a number; what is none stays a text, which a schema refuses. */
export function numberIn(cell: string | undefined): unknown {
  if (cell === undefined || cell === "") return undefined;
  return /^-?\d{1,15}(\.\d+)?$/.test(cell) ? Number(cell) : cell;
}

/** @throws {InputError} an option of a mapping that has to be there */
export function needed<T>(value: T | undefined, path: string): T {
  if (value !== undefined) return value;
  const issue: InputIssue = { path: `mapping.${path}`, code: "import.option", message: "is required" };
  throw new InputError([issue]);
}
