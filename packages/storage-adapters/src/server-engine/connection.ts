import { StorageError } from "@recallkit/core";

/** What a statement gave. */
export interface StatementResult {
  readonly rows: readonly Record<string, unknown>[];
  /** Rows written; undefined for a read. */
  readonly changes?: number;
  /** The id that an insert of one row was given, on engines that tell it. */
  readonly insertId?: number;
}

/** One connection in use. */
export interface Connection {
  run(sql: string, parameters?: readonly unknown[]): Promise<StatementResult>;
  /** The same outside of a transaction, on engines that need more for it than the statement. */
  runAlone?(sql: string, parameters?: readonly unknown[]): Promise<StatementResult>;
  /** The same for BEGIN, COMMIT and locks, which are not counted. */
  control(sql: string): Promise<readonly Record<string, unknown>[]>;
  /** Lets `release` throw it away: nobody knows its state. */
  abandon(): void;
  /** Gives it back, or throws it away when its server has gone. */
  release(): void;
}

/** Connections to one database. */
export interface Connections {
  acquire(): Promise<Connection>;
  close(): Promise<void>;
}

/** The same connections; closing them waits until all are given back, and is done once. */
export function closedWhenIdle({ acquire, close }: Connections): Connections {
  let inUse = 0;
  let onIdle = () => {};
  let closing: Promise<void> | undefined;

  async function waitAndClose(): Promise<void> {
    if (inUse > 0) {
      await new Promise<void>((resolve) => {
        onIdle = resolve;
      });
    }
    await close();
  }

  return {
    async acquire() {
      if (closing) throw new StorageError("storage.unavailable", "the database is closed");
      inUse++;
      const givenBack = () => {
        inUse--;
        if (inUse === 0) onIdle();
      };
      try {
        const connection = await acquire();
        return {
          ...connection,
          release() {
            connection.release();
            givenBack();
          },
        };
      } catch (error) {
        givenBack();
        throw error;
      }
    },
    close() {
      closing ??= waitAndClose();
      return closing;
    },
  };
}
