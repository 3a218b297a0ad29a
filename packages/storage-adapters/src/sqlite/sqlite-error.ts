import { RecallKitError, StorageError } from "@recallkit/core";
import { ConstraintError, type ConstraintKind } from "../sql/constraint-error.js";

// Result codes: https://www.sqlite.org/rescode.html; the low byte is the class, the rest says more.
const UNAVAILABLE: Readonly<Record<number, { hint: string; retryable: boolean }>> = {
  3: { hint: "check the permissions of the file", retryable: false },
  7: { hint: "the process is out of memory", retryable: true },
  8: { hint: "the file or this connection is read-only; check the permissions of file and folder", retryable: false },
  10: { hint: "reading or writing the disk failed; check the disk", retryable: true },
  11: { hint: "the file is damaged; restore a backup", retryable: false },
  13: { hint: "the disk is full; make room and try again: what was finished before stays", retryable: true },
  14: { hint: "the file cannot be opened; check that the path exists and may be written", retryable: false },
  26: { hint: "the file is not an SQLite database", retryable: false },
};
const BUSY = new Set([5, 6]);
const CONSTRAINT = 19;
const KINDS: Readonly<Record<number, ConstraintKind>> = {
  275: "check",
  787: "foreign-key",
  1299: "not-null",
  1555: "unique",
  2067: "unique",
  2579: "unique",
};

/** Translates an error of either driver; errors of RecallKit pass unchanged. */
export function toStorageError(error: unknown): RecallKitError {
  if (RecallKitError.is(error)) return error;
  const message = error instanceof Error ? error.message : "SQLite failed";
  const extended = resultCode(error);
  const code = extended & 0xff;
  const unavailable = UNAVAILABLE[code];
  if (BUSY.has(code))
    return new StorageError("storage.busy", "the database is locked", { retryable: true, cause: error });
  if (code === CONSTRAINT) return new ConstraintError(KINDS[extended] ?? "other", message, error, columnsIn(message));
  if (unavailable) return new StorageError("storage.unavailable", message, { ...unavailable, cause: error });
  if (isOutOfRange(error)) return new StorageError("storage.value-out-of-range", message, { cause: error });
  return new StorageError("storage.failed", message, { cause: error });
}

function resultCode(error: unknown): number {
  if (typeof error !== "object" || error === null) return 0;
  if ("errcode" in error && typeof error.errcode === "number") return error.errcode; // node:sqlite
  if ("rawCode" in error && typeof error.rawCode === "number") return error.rawCode; // libsql
  // libsql reports a failed open only in words: ConnectionFailed("Unable to open … /path: 14")
  const found = error instanceof Error ? /ConnectionFailed\(.*: (\d+)"\)$/s.exec(error.message) : null;
  return Number(found?.[1] ?? 0);
}

function isOutOfRange(error: unknown): boolean {
  return typeof error === "object" && error !== null && "code" in error && error.code === "ERR_OUT_OF_RANGE";
}

// "UNIQUE constraint failed: rk_rules.tenant_id, rk_rules.name" → ["tenant_id", "name"]; an index on an expression has none.
function columnsIn(message: string): string[] {
  const list = /constraint failed: (.+)$/.exec(message)?.[1] ?? "";
  return list.startsWith("index ") ? [] : list.split(", ").map((name) => name.slice(name.indexOf(".") + 1));
}
