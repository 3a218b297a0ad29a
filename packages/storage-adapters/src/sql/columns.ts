import type { Flag } from "../schema/flag.js";

type SnakeCase<S extends string> = S extends `${infer Head}${infer Tail}`
  ? Head extends Lowercase<Head>
    ? `${Head}${SnakeCase<Tail>}`
    : `_${Lowercase<Head>}${SnakeCase<Tail>}`
  : S;

type Stored<V> = V extends boolean ? Flag : V extends readonly unknown[] ? string : V;

/** The columns of an object: names in snake case, truth values as flags, lists as JSON. */
type Columns<T> = { -readonly [K in keyof T & string as SnakeCase<K>]: Stored<T[K]> };

/** Turns an object of the domain, or a patch of one, into columns; absent fields stay absent. */
export function toColumns<T extends object>(fields: T): Columns<T> {
  const columns = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => [name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), stored(value)]);
  // The type says in words of TypeScript what the two lines above do.
  return Object.fromEntries(columns) as Columns<T>;
}

function stored(value: unknown): unknown {
  if (typeof value === "boolean") return value ? 1 : 0;
  return Array.isArray(value) ? JSON.stringify(value) : value;
}
