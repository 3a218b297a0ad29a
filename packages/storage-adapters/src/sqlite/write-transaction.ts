import { StorageError } from "@recallkit/core";
import { isBusy } from "../sql/constraint-error.js";
import type { SqliteConnection, StatementResult } from "./connection.js";

/** A transaction that has begun on the writer connection. */
export interface WriteTransaction {
  /** False from commit or rollback on. */
  readonly isOpen: boolean;
  execute(sql: string, parameters: readonly unknown[]): StatementResult;
  /** @throws {CommitBusyError} when the whole transaction is worth a repetition */
  commit(): void;
  /** Does nothing when the engine has rolled back by itself. */
  rollback(): void;
  /** Lets the next writer in. */
  release(): void;
}

const IS_READ = /^\s*select/i;

/** The lock could not be had at COMMIT; nothing of the transaction was stored. */
export class CommitBusyError extends StorageError {
  constructor(cause: unknown) {
    super("storage.busy", "the database is locked at commit", { retryable: true, cause });
  }
}

/**
 * Wraps the writer right after a successful BEGIN.
 *
 * @param committed told of the rows written, once they are stored
 */
export function writeTransaction(
  connection: SqliteConnection,
  release: () => void,
  committed?: (rows: number) => void,
): WriteTransaction {
  let isOpen = true;
  let written = 0;
  let failure: unknown;

  function assertUsable(): void {
    if (!isOpen) throw new StorageError("storage.failed", "the transaction has already ended");
    if (failure) throw failure;
  }

  return {
    get isOpen() {
      return isOpen;
    },
    execute(sql, parameters) {
      assertUsable();
      try {
        const result = connection.execute(sql, parameters);
        // Statements with RETURNING write too.
        written += result.changes ?? (IS_READ.test(sql) ? 0 : result.rows.length);
        return result;
      } catch (error) {
        // The engine rolls back by itself on a full disk or an I/O error: later statements would be stored one by one.
        if (!connection.inTransaction) failure = error;
        throw error;
      }
    },
    commit() {
      assertUsable();
      try {
        connection.control("COMMIT");
      } catch (error) {
        throw isBusy(error) ? new CommitBusyError(error) : error;
      }
      isOpen = false;
      committed?.(written);
    },
    rollback() {
      isOpen = false;
      if (connection.inTransaction) connection.control("ROLLBACK");
    },
    release() {
      isOpen = false;
      release();
    },
  };
}
