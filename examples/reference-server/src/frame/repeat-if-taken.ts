import { RecallKitError, StorageError } from "@recallkit/core";

/**
 * Runs the insert of a row that was not there a moment ago. When its key was taken meanwhile, the transaction around it is
 * repeated, and finds the row.
 */
export async function repeatIfTaken<T>(insert: () => Promise<T>): Promise<T> {
  try {
    return await insert();
  } catch (error) {
    if (!RecallKitError.is(error) || error.code !== "storage.constraint") throw error;
    throw new StorageError("storage.busy", "another transaction was faster", { retryable: true, cause: error });
  }
}
