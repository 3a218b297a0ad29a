import { StorageError } from "@recallkit/core";

const INT2 = 21;
const INT4 = 23;
const INT8 = 20;
const FLOAT4 = 700;
const FLOAT8 = 701;
const NUMERIC = 1700;
const BYTEA = 17;

/**
 * What values of PostgreSQL become in rows of the stores, by the OID of their type, from their text: numbers are numbers,
 * bytes are bytes. The stores read every other type as its text.
 *
 * A parser of numbers throws {@link StorageError} `storage.value-out-of-range` for an integer beyond ±(2^53 − 1).
 */
export const postgresParsers: ReadonlyMap<number, (text: string) => unknown> = new Map<
  number,
  (text: string) => unknown
>([...[INT2, INT4, INT8, FLOAT4, FLOAT8, NUMERIC].map((oid) => [oid, exactNumber] as const), [BYTEA, bytes]]);

/** The same for the application's own statements: NUMERIC keeps its digits. */
export const postgresHostParsers: ReadonlyMap<number, (text: string) => unknown> = new Map([
  ...postgresParsers,
  [NUMERIC, String] as const,
]);

function exactNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || Number.isSafeInteger(value)) return value;
  throw new StorageError("storage.value-out-of-range", "an integer beyond 2^53 - 1 was read");
}

// "\x616263"; in the older form, which a session may ask for, "abc" with \\ and \ooo.
function bytes(text: string): Buffer {
  if (text.startsWith("\\x")) return Buffer.from(text.slice(2), "hex");
  const plain = text.replace(/\\(?:\\|([0-7]{3}))/g, (_, octal?: string) =>
    octal === undefined ? "\\" : String.fromCharCode(Number.parseInt(octal, 8)),
  );
  return Buffer.from(plain, "latin1");
}
