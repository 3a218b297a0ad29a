import { RecallKitError, StorageError } from "@recallkit/core";

/** The rule that a write broke; `exists`: what a schema change makes is there already. */
export type ConstraintKind = "unique" | "foreign-key" | "check" | "not-null" | "exists" | "other";

/** A write broke a rule of the schema (`storage.constraint`, not retryable). */
export class ConstraintError extends StorageError {
  readonly kind: ConstraintKind;
  /** Names without the table, as far as the engine tells them: unique keys and NOT NULL only. */
  readonly columns: readonly string[];

  constructor(kind: ConstraintKind, message: string, cause: unknown, columns: readonly string[]) {
    super("storage.constraint", message, { cause });
    this.kind = kind;
    this.columns = kind === "unique" || kind === "not-null" ? columns : [];
  }
}

/** True for a broken rule, optionally of one kind. */
export function isConstraintError(error: unknown, kind?: ConstraintKind): error is ConstraintError {
  // By code, not by class: each sub-path of this package is bundled with its own copy of the class.
  if (!RecallKitError.is(error) || error.code !== "storage.constraint") return false;
  return kind === undefined || ("kind" in error && error.kind === kind);
}

/** What a row is found gone by that was there a moment ago: the whole transaction is to be repeated. */
export function goneMeanwhile(): StorageError {
  return new StorageError("storage.busy", "a row was removed meanwhile", { retryable: true });
}

/** True for `storage.busy`: somebody else was in the way, and the transaction may be repeated. */
export function isBusy(error: unknown): error is StorageError {
  return RecallKitError.is(error) && error.code === "storage.busy";
}
