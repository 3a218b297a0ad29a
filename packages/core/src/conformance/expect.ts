import { AssertionError } from "node:assert";
import { inspect, isDeepStrictEqual } from "node:util";
import { RecallKitError } from "../errors.js";
import type { Page } from "../page.js";

/** Fails unless both are deeply equal. Prototypes do not count: rows may come straight from a driver. */
export function expectSame<T>(actual: T, expected: T, what: string): void {
  const plain = structuredClone(actual);
  if (isDeepStrictEqual(plain, expected)) return;
  const show = (value: unknown) =>
    inspect(value, { depth: 6, maxArrayLength: 20, compact: true, breakLength: Number.POSITIVE_INFINITY });
  const message = `${what}: expected ${show(expected)}, got ${show(plain)}`;
  throw new AssertionError({ message, actual: plain, expected, operator: "expectSame" });
}

/** Fails unless the statement holds. */
export function expectThat(holds: boolean, what: string): void {
  if (!holds) throw new AssertionError({ message: what, actual: holds, expected: true, operator: "expectThat" });
}

/** The value, which must be there. */
export function present<T>(value: T | undefined, what: string): T {
  if (value === undefined)
    throw new AssertionError({ message: `${what} is missing`, actual: value, operator: "present" });
  return value;
}

/** Fails unless the work rejects with a RecallKit error of this code. */
export async function expectError(work: Promise<unknown>, code: string): Promise<void> {
  const [outcome] = await Promise.allSettled([work]);
  const actual = outcome.status === "fulfilled" ? "no error" : codeOf(outcome.reason);
  expectSame(actual, code, "error code");
}

/** Runs work for every caller at once and fails unless one wins and the others get an error of this code. */
export async function expectOneWinner(
  callers: number,
  code: string,
  work: (caller: number) => Promise<unknown>,
): Promise<void> {
  const outcomes = await Promise.allSettled(Array.from({ length: callers }, (_, caller) => work(caller)));
  const lost = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [codeOf(outcome.reason)] : []));
  expectSame(
    lost,
    Array.from({ length: callers - 1 }, () => code),
    "errors of the callers that lost",
  );
}

/** All rows of a list that is walked by cursor. Fails when the walk does not end. */
export async function walk<T>(list: (cursor: string | null) => Promise<Page<T>>): Promise<readonly T[]> {
  const rows: T[] = [];
  let cursor: string | null = null;
  for (let pages = 0; pages < 1000; pages += 1) {
    const page: Page<T> = await list(cursor);
    rows.push(...page.items);
    if (page.nextCursor === null) return rows;
    cursor = page.nextCursor;
  }
  throw new AssertionError({ message: "a walk by cursor ends", operator: "walk" });
}

/** Runs work whose failure does not matter, only what it leaves behind. */
export async function settle(work: Promise<unknown>): Promise<void> {
  await Promise.allSettled([work]);
}

/** Numbers in ascending order. */
export function ascending(values: readonly number[]): readonly number[] {
  return values.toSorted((a, b) => a - b);
}

function codeOf(error: unknown): string {
  return RecallKitError.is(error) ? error.code : String(error);
}
