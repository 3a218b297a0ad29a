import { isDecimal } from "./amount.js";

/** A type as callers may write it: whatever may be absent may be null as well, at every depth. */
export type NullsAllowed<T> = T extends string | number | bigint | boolean | null | undefined | Date | AbortSignal
  ? T
  : T extends (...given: never[]) => unknown
    ? T
    : { [K in keyof T]: undefined extends T[K] ? NullsAllowed<T[K]> | null : NullsAllowed<T[K]> };

/** An object whose nulls are undefined, as in the rows of databases null says absent. Anything else stays as it is. */
export function withoutNulls(value: unknown): unknown {
  if (!hasFields(value) || !Object.values(value).includes(null)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, field ?? undefined]));
}

/** Nothing that may be handed in goes deeper; what does is refused as it is, instead of exhausting the stack. */
const MOST_DEPTH = 100;

/** The same at every depth: a row with its lines. */
export function withoutNullsDeep(value: unknown, depth = 0): unknown {
  if (depth > MOST_DEPTH) return value;
  if (Array.isArray(value)) return value.some(hasFields) ? value.map((one) => withoutNullsDeep(one, depth + 1)) : value;
  if (!hasFields(value)) return value;
  const fields = Object.entries(value);
  if (fields.every(([, field]) => typeof field !== "object")) return value;
  return Object.fromEntries(
    fields.map(([name, field]) => [name, field === null ? undefined : withoutNullsDeep(field, depth + 1)]),
  );
}

/** An object without the fields that are undefined. */
export function withoutUndefined<T extends object>(value: T): T {
  // Fields that may be undefined may be absent.
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as T;
}

function hasFields(value: unknown): value is object {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Date) &&
    !(value instanceof Map) &&
    !isDecimal(value)
  );
}
