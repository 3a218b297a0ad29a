import type * as z from "zod";
import { InputError, type InputIssue } from "./errors.js";
import { faultText } from "./fault-text.js";

/** Every fault of a failed parse, with dotted paths under `prefix`. */
export function issuesOf(error: { readonly issues: readonly z.core.$ZodIssue[] }, prefix = ""): readonly InputIssue[] {
  return error.issues.flatMap((issue): readonly InputIssue[] => {
    const at = [prefix, ...issue.path.map(String)].filter((part) => part !== "");
    // An unknown key is reported at its own path, not at its parent's.
    if (issue.code === "unrecognized_keys") {
      return issue.keys.map((key) => ({
        path: [...at, key].join("."),
        code: "unrecognized_keys",
        message: "unknown field",
      }));
    }
    // Of several forms the caller meant the one that the input comes nearest to.
    if (issue.code === "invalid_union") {
      const forms = issue.errors.map((issues) => issuesOf({ issues }, at.join("."))).filter(({ length }) => length > 0);
      const [first, ...others] = forms;
      if (first) return others.reduce((best, form) => (distance(form) < distance(best) ? form : best), first);
    }
    return [{ path: at.join("."), code: codeOf(issue), message: issue.message }];
  });
}

/** A form that the input has not even the type of is further away than one with a wrong field. */
function distance(form: readonly InputIssue[]): number {
  return form.length + (form.some(({ code }) => code === "invalid_type") ? 100 : 0);
}

/** A check of ours names its own code. */
function codeOf(issue: z.core.$ZodIssue): string {
  return issue.code === "custom" && typeof issue.params?.code === "string" ? issue.params.code : issue.code;
}

/** What a schema makes of an input, or every fault, with dotted paths under `prefix`. */
export function checkInput<S extends z.ZodType>(
  schema: S,
  input: unknown,
  prefix = "",
): { readonly value: z.output<S> } | { readonly issues: readonly InputIssue[] } {
  const result = schema.safeParse(input, { error: faultText });
  return result.success ? { value: result.data } : { issues: issuesOf(result.error, prefix) };
}

/**
 * Parses with a schema.
 *
 * @throws {InputError} with every fault at once
 */
export function parseInput<S extends z.ZodType>(schema: S, input: unknown): z.output<S> {
  const result = checkInput(schema, input);
  if ("issues" in result) throw new InputError(result.issues);
  return result.value;
}
