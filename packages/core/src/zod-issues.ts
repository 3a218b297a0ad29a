import type * as z from "zod";
import { InputError, type InputIssue } from "./errors.js";

/** Every fault of a failed parse, with dotted paths under `prefix`. */
export function issuesOf(error: z.ZodError, prefix = ""): readonly InputIssue[] {
  return error.issues.flatMap((issue): InputIssue[] => {
    const at = [prefix, ...issue.path.map(String)].filter((part) => part !== "");
    // An unknown key is reported at its own path, not at its parent's.
    if (issue.code === "unrecognized_keys") {
      return issue.keys.map((key) => ({
        path: [...at, key].join("."),
        code: "unrecognized_keys",
        message: "unknown field",
      }));
    }
    return [{ path: at.join("."), code: issue.code, message: issue.message }];
  });
}

/**
 * Parses with a schema.
 *
 * @throws {InputError} with every fault at once
 */
export function parseInput<S extends z.ZodType>(schema: S, input: unknown): z.output<S> {
  const result = schema.safeParse(input);
  if (!result.success) throw new InputError(issuesOf(result.error));
  return result.data;
}
