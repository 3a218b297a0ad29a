import { InputError, StorageError } from "@recallkit/core";

/** What a parameter is after encoding; every driver binds each of these without loss. */
export type SqlValue = null | bigint | number | string | Uint8Array;

/**
 * Turns JavaScript values into what all drivers bind alike.
 *
 * Integers become bigints, because both drivers of SQLite bind a number as REAL and `1` would be stored as `'1.0'` in a
 * TEXT column; booleans become 0 or 1 (libsql ends the process on one).
 *
 * @throws {InputError} for a text with U+0000, which SQLite would cut off when reading and PostgreSQL refuses
 * @throws {StorageError} `storage.invalid-parameter` for `undefined`, integers beyond ±(2^53 − 1), NaN, Infinity, dates and
 *   other objects: the caller has to convert those
 */
export function encodeParameters(parameters: readonly unknown[]): SqlValue[] {
  return parameters.map(encode);
}

/**
 * Parameters of the application's own statements, for a driver that takes more than the stores need.
 *
 * @param isTaken what the driver binds by itself, as it is
 * @throws as {@link encodeParameters}, for anything else
 */
export function encodeHostParameters<T>(
  parameters: readonly unknown[],
  isTaken: (value: unknown) => value is T,
): (SqlValue | T)[] {
  return parameters.map((value, index) => (isTaken(value) ? value : encode(value, index)));
}

function encode(value: unknown, index: number): SqlValue {
  if (value === null || value instanceof Uint8Array) return value;
  switch (typeof value) {
    case "string":
      if (value.includes("\0")) {
        const message = "text must not contain U+0000";
        throw new InputError([{ path: `parameters.${index}`, code: "text.control-character", message }]);
      }
      return value;
    case "boolean":
      return value ? 1n : 0n;
    case "number":
      if (!Number.isFinite(value)) throw invalid(index, "is not a finite number");
      if (!Number.isInteger(value)) return value;
      if (!Number.isSafeInteger(value)) throw invalid(index, "is an integer beyond 2^53 - 1");
      return BigInt(value);
    case "bigint":
      if (value > Number.MAX_SAFE_INTEGER || value < Number.MIN_SAFE_INTEGER) {
        throw invalid(index, "is an integer beyond 2^53 - 1");
      }
      return value;
    default:
      throw invalid(
        index,
        value === undefined ? "is undefined; use null" : `is ${kindOf(value)} that this database has no type for`,
      );
  }
}

function kindOf(value: unknown): string {
  if (value instanceof Date) return "a Date";
  return Array.isArray(value) ? "a list" : `a value of type ${typeof value}`;
}

function invalid(index: number, fault: string): StorageError {
  return new StorageError("storage.invalid-parameter", `SQL parameter ${index} ${fault}`);
}
