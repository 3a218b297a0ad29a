import { StorageError } from "@recallkit/core";

/** What was handed over is no transaction that these stores can join. @param of what it is not a transaction of */
export function foreign(of: string, cause?: unknown): StorageError {
  return new StorageError("transaction.foreign", `what was given is not a transaction of ${of}`, {
    hint: "give the transaction of the database that the kit's stores are on",
    ...(cause !== undefined && { cause }),
  });
}

/** Nothing is open that could be joined. */
export function notOpen(message: string, hint: string, cause?: unknown): StorageError {
  return new StorageError("transaction.not-open", message, { hint, ...(cause !== undefined && { cause }) });
}
