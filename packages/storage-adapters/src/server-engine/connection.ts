import { StorageError } from "@recallkit/core";

/** What a statement gave. */
export interface StatementResult {
  readonly rows: readonly Record<string, unknown>[];
  /** Rows written; undefined for a read. */
  readonly changes?: number;
  /** The id that an insert of one row was given, on engines that tell it. */
  readonly insertId?: number;
}

/** Runs a statement. @param isHost the application's own, about its tables. @default false */
export type RunStatement = (sql: string, parameters?: readonly unknown[], isHost?: boolean) => Promise<StatementResult>;

/** One connection in use. */
export interface Connection {
  run: RunStatement;
  /** The same outside of a transaction, on engines that need more for it than the statement. */
  runAlone?: RunStatement;
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
  /** Connections at most. @default nobody knows */
  readonly most?: number | undefined;
}

/** How much of the connections of a process is in use. */
export interface ConnectionGauge {
  /** Connections at most; undefined: a pool of the application's own, which does not say. */
  readonly most: number | undefined;
  /** Connections that are in use. */
  readonly busy: number;
  /** Callers that wait for one. */
  readonly waiting: number;
}

/** The same connections, with a look at how much of them is in use. */
export function measured({ acquire, close, most }: Connections): Connections & { gauge(): ConnectionGauge } {
  let [busy, waiting] = [0, 0];
  return {
    async acquire() {
      waiting++;
      const connection = await acquire().finally(() => waiting--);
      busy++;
      return {
        ...connection,
        release() {
          busy--;
          connection.release();
        },
      };
    },
    close,
    most,
    gauge: () => ({ most, busy, waiting }),
  };
}

/** The same connections; closing them waits until all are given back, and is done once. */
export function closedWhenIdle({ acquire, close, most }: Connections): Connections {
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
    most,
  };
}
