import { StorageError } from "@recallkit/core";
import type { Row } from "./handle.js";

/**
 * Makes rows of either driver equal: plain objects, blobs as `Uint8Array`.
 *
 * @throws {StorageError} `storage.value-out-of-range` for a whole number beyond ±(2^53 − 1), which a driver may have rounded
 */
export function plainRows<R = Row>(rows: readonly Row[]): R[] {
  // The caller's row type is a promise about its SQL, which nothing here can check.
  return rows.map(plainRow) as R[];
}

/** A row count or row id as a number. */
export function plainInteger(value: number | bigint): number {
  const integer = Number(value);
  if (!Number.isSafeInteger(integer)) throw outOfRange();
  return integer;
}

function plainRow(row: Row): Row {
  const plain: Row = {};
  for (const column in row) plain[column] = plainValue(row[column]);
  return plain;
}

function plainValue(value: unknown): unknown {
  if (typeof value === "bigint") return plainInteger(value);
  if (typeof value === "number" && Number.isInteger(value) && !Number.isSafeInteger(value)) throw outOfRange();
  return value instanceof ArrayBuffer ? new Uint8Array(value) : value;
}

function outOfRange(): StorageError {
  return new StorageError("storage.value-out-of-range", "the database holds a whole number beyond 2^53 - 1");
}
