/** Rows after which the write-ahead log is moved into the database: about what SQLite's own 1 000 pages hold. */
const ROWS = 4_000;
/** What a commit costs beside its rows, which mostly share their pages with others. */
const ROWS_PER_COMMIT = 30;
/** So many times `ROWS` the log may be ahead before a transaction waits for it to be moved. */
const MOST_AHEAD = 8;

/** Keeps the write-ahead log short without holding up the thread that writes. */
export interface LogCheckpoints {
  /** To be told after each commit. @param rows that it wrote */
  committed(rows: number): void;
  /**
   * To be asked by whoever holds the writer, before it begins: only while nobody writes can a log be moved as a whole, after
   * which it is written from its start again. Undefined: the log is short.
   */
  room(): Promise<void> | undefined;
  /** Moves what is left, if it is much; afterwards none is under way. */
  settle(): Promise<void>;
}

/**
 * Moves the log in another thread while transactions go on. SQLite would do it within a COMMIT, and hold up this thread for as
 * long as it takes to write some thousand pages and to have the disk confirm them.
 *
 * @param move moves what is committed, as `PRAGMA wal_checkpoint(PASSIVE)` does; its failures are left to SQLite, which moves a
 *   log of 40 MB itself
 */
export function logCheckpoints(move: () => Promise<unknown>): LogCheckpoints {
  /** Rows since the last move began, and since the last one that nobody wrote beside. */
  let [fresh, ahead] = [0, 0];
  let underWay: Promise<void> | undefined;

  function start(): Promise<void> {
    fresh = 0;
    underWay = move()
      .catch(() => undefined)
      .then(() => {
        underWay = undefined;
      });
    return underWay;
  }

  async function moveAll(): Promise<void> {
    await underWay;
    if (fresh > 0) await start();
    ahead = 0;
  }

  return {
    committed(rows) {
      fresh += rows + ROWS_PER_COMMIT;
      ahead += rows + ROWS_PER_COMMIT;
      if (fresh >= ROWS && underWay === undefined) void start();
    },
    room: () => (ahead >= MOST_AHEAD * ROWS ? moveAll() : undefined),
    settle: async () => {
      await underWay;
      if (fresh >= ROWS) await moveAll();
    },
  };
}
