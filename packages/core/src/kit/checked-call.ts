import type * as z from "zod";
import { InputError, type InputIssue } from "../errors.js";
import { type Read, readInstant, WallTime } from "../instant.js";
import { withoutNulls } from "../without-nulls.js";
import { checkInput } from "../zod-issues.js";

/** An argument: its name in the paths of faults (`""` for options, whose fields stand for themselves), and what it may be. */
export type Argument = readonly [name: string, schema: z.ZodType];

type ReadAll<A extends readonly unknown[]> = { [At in keyof A]: Read<A[At]> };

/** How a call is run as a whole. */
export type AsOne = <T>(work: () => Promise<T>) => Promise<T>;

/** @throws {InputError} every fault of every argument */
export function checkArguments<A extends readonly unknown[]>(expected: readonly Argument[], given: A): ReadAll<A> {
  const issues: InputIssue[] = [];
  const read = expected.map(([name, schema], position) => {
    const value = given[position];
    // Options are rows of settings; whatever else is an argument keeps its identity.
    const result = checkInput(schema, name === "" ? withoutNulls(value) : value, name);
    if (!("issues" in result)) return result.value;
    issues.push(...result.issues);
    return undefined;
  });
  if (issues.length > 0) throw new InputError(issues);
  // What no schema is named for goes on as it came. The schemas make of their inputs what `Read` says.
  return [...read, ...given.slice(expected.length)] as ReadAll<A>;
}

/**
 * Wall times among the fields of arguments, as epoch ms of a zone.
 *
 * @param zone is asked for only when there is a wall time
 */
async function placeWallTimes<A extends readonly unknown[]>(given: A, zone: () => Promise<string>): Promise<A> {
  const isWall = (value: unknown) => value instanceof WallTime;
  const isPlaced = (argument: unknown) =>
    typeof argument !== "object" || argument === null || !Object.values(argument).some(isWall);
  if (given.every(isPlaced)) return given;
  const timeZone = await zone();
  const placed = given.map((argument) =>
    isPlaced(argument)
      ? argument
      : Object.fromEntries(
          Object.entries(Object(argument)).map(([name, value]) => [
            name,
            value instanceof WallTime ? readInstant(value.text, timeZone) : value,
          ]),
        ),
  );
  // The same arguments, but for the instants.
  return placed as unknown as A;
}

/**
 * Makes calls that look at their arguments before anything else happens, so that a wrong one gets the same answer whatever
 * the stores are.
 *
 * @param before what is checked next, once the arguments are right
 * @param zone of wall times among the options
 * @param asOne runs what is left of a call, for example in one transaction
 */
export function checkedCalls(
  before: () => Promise<void>,
  zone: () => Promise<string>,
  asOne: AsOne = (work) => work(),
) {
  return <A extends readonly unknown[], R>(
    expected: readonly Argument[],
    work: (...given: ReadAll<A>) => Promise<R>,
  ): ((...given: A) => Promise<R>) =>
    async (...given) => {
      const read = checkArguments(expected, given);
      return asOne(async () => {
        await before();
        return work(...(await placeWallTimes(read, zone)));
      });
    };
}
