import type { z } from "zod";
import { InputError } from "../errors.js";
import { issuesOf } from "../zod-issues.js";

/** An argument: its name in the paths of faults (`""` for options, whose fields stand for themselves), and what it may be. */
export type Argument = readonly [name: string, schema: z.ZodType];

/** How a call is run as a whole. */
export type AsOne = <T>(work: () => Promise<T>) => Promise<T>;

/** @throws {InputError} every fault of every argument */
export function checkArguments(expected: readonly Argument[], given: readonly unknown[]): void {
  const issues = expected.flatMap(([name, schema], position) => {
    const result = schema.safeParse(given[position]);
    return result.success ? [] : issuesOf(result.error, name);
  });
  if (issues.length > 0) throw new InputError(issues);
}

/**
 * Makes calls that look at their arguments before anything else happens, so that a wrong one gets the same answer whatever
 * the stores are.
 *
 * @param before what is checked next, once the arguments are right
 * @param asOne runs what is left of a call, for example in one transaction
 */
export function checkedCalls(before: () => Promise<void>, asOne: AsOne = (work) => work()) {
  return <A extends readonly unknown[], R>(
    expected: readonly Argument[],
    work: (...given: A) => Promise<R>,
  ): ((...given: A) => Promise<R>) =>
    async (...given) => {
      checkArguments(expected, given);
      return asOne(async () => {
        await before();
        return work(...given);
      });
    };
}
