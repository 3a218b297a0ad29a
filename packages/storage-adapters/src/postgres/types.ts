import { StorageError } from "@recallkit/core";

const INT8 = 20;
const NUMERIC = 1700;

/** By which the driver reads values. */
export interface Types {
  getTypeParser(oid: number, format?: "text" | "binary"): (text: string) => unknown;
}

/** Integers and decimals as numbers, and an error for one that does not fit; whatever else as `builtins` says. */
export function exactTypes(builtins: Types): Types {
  return {
    getTypeParser: (oid, format) =>
      oid === INT8 || oid === NUMERIC ? exactNumber : builtins.getTypeParser(oid, format),
  };
}

function exactNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || Number.isSafeInteger(value)) return value;
  throw new StorageError("storage.value-out-of-range", "an integer beyond 2^53 - 1 was read");
}
