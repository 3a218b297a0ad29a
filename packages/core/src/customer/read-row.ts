import type * as z from "zod";
import type { InputIssue } from "../errors.js";
import { checkInput } from "../zod-issues.js";

/** A row as its schema reads it, with the optional values that were left out for being wrong. */
export interface ReadRow<T> {
  readonly value: T;
  readonly dropped: readonly InputIssue[];
}

/**
 * Reads a row; optional values of people that are wrong are left out of it, unless that is not wanted. A field that nobody
 * knows is a slip of the caller's, and refuses the row.
 *
 * @param isFact whether a path, dotted, is that of an optional value
 */
export function readRow<S extends z.ZodType>(
  schema: S,
  input: unknown,
  isFact: (path: string) => boolean,
  strict = false,
): ReadRow<z.output<S>> | { readonly issues: readonly InputIssue[] } {
  const read = checkInput(schema, input);
  if (!("issues" in read)) return { value: read.value, dropped: [] };
  const grave = read.issues.filter(({ path }) => !isFact(path));
  if (strict) return read;
  if (grave.length > 0) return { issues: grave };
  const again = checkInput(
    schema,
    read.issues.reduce((row, { path }) => without(row, path.split(".")), input),
  );
  return "issues" in again ? again : { value: again.value, dropped: firstOfEach(read.issues) };
}

function without(value: unknown, [name = "", ...inner]: readonly string[]): unknown {
  const fields = { ...Object(value) };
  if (inner.length === 0) delete fields[name];
  // Names of attributes are the host's, and may hold dots.
  else if (name === "attributes") fields[name] = without(fields[name], [inner.join(".")]);
  else fields[name] = without(fields[name], inner);
  return fields;
}

/** A value has one fault to tell of. */
function firstOfEach(issues: readonly InputIssue[]): readonly InputIssue[] {
  return [...new Map(issues.toReversed().map((issue) => [issue.path, issue])).values()].toReversed();
}
