import { scheduler } from "node:timers/promises";
import { StorageError } from "@recallkit/core";
import type { CompiledQuery } from "kysely";
import type { ConnectionGauge } from "../server-engine/connection.js";
import { busyPause } from "../sql/busy-pause.js";
import { createMutex } from "../sql/mutex.js";
import { retryWhileBusy, type Timing } from "./busy-retry.js";
import type { SqliteConnection, StatementResult } from "./connection.js";
import type { LogCheckpoints } from "./log-checkpoints.js";
import { sharedCommits } from "./shared-commit.js";
import { routeOf } from "./statement-route.js";
import { CommitBusyError, type WriteTransaction, writeTransaction } from "./write-transaction.js";

/** The connections of one database in this process: one writer behind a queue, one reader. */
export interface SqliteConnectionPool {
  /**
   * Waits for the writer, then begins; the caller must release.
   *
   * @throws {StorageError} `storage.busy` when another process held the lock for 5 s
   */
  begin(): Promise<WriteTransaction>;
  /** Runs one statement outside transactions; a write is stored by itself, though it may share the commit of others. */
  run(query: CompiledQuery): Promise<StatementResult>;
  /** How much of the writer is in use. */
  gauge(): ConnectionGauge;
  /** Refuses new work, waits until the writer is free, closes. */
  close(): Promise<void>;
}

/** What a pool is made of; `reader === writer` for a database in memory, whose reads then queue too. */
export interface ConnectionPoolOptions {
  readonly writer: SqliteConnection;
  readonly reader: SqliteConnection;
  readonly timing: Timing;
  readonly readOnly: boolean;
  /** What moves the write-ahead log; none: SQLite does it within commits. */
  readonly checkpoints?: LogCheckpoints | undefined;
}

/** Makes the pool over open connections. */
export function sqliteConnectionPool({
  writer,
  reader,
  timing,
  readOnly,
  checkpoints,
}: ConnectionPoolOptions): SqliteConnectionPool {
  const writerTurn = createMutex();
  let isClosing = false;
  let [busy, waiting] = [0, 0];

  async function takeWriter(): Promise<() => void> {
    if (isClosing) throw new StorageError("storage.unavailable", "the database is closed");
    waiting++;
    const giveBack = await writerTurn();
    waiting--;
    busy = 1;
    let isHeld = true;
    return () => {
      // Once is enough, and the next one may have it by then.
      if (isHeld) busy = 0;
      isHeld = false;
      giveBack();
    };
  }

  async function begin(): Promise<WriteTransaction> {
    const release = await takeWriter();
    try {
      // Statements block the loop: requests that have arrived by now get as far as their own writes first, and may share this one.
      await scheduler.yield();
      await checkpoints?.room();
      if (writer.inTransaction) writer.control("ROLLBACK"); // left over from a ROLLBACK that failed
      await retryWhileBusy(() => writer.control(readOnly ? "BEGIN" : "BEGIN IMMEDIATE"), timing);
      return writeTransaction(writer, release, checkpoints?.committed);
    } catch (error) {
      release();
      throw error;
    }
  }

  // A write always stands between BEGIN IMMEDIATE and COMMIT: in libsql a cached statement that meets a lock stays
  // half-run and keeps the connection on an old snapshot.
  const write = sharedCommits(begin, (transaction) => repeatOnBusyCommit(transaction, timing));

  async function withWriter({ sql, parameters }: CompiledQuery): Promise<StatementResult> {
    const release = await takeWriter();
    try {
      return await retryWhileBusy(() => writer.execute(sql, parameters), timing);
    } finally {
      release();
    }
  }

  return {
    begin,
    gauge: () => ({ most: 1, busy, waiting }),
    run(query) {
      const route = routeOf(query);
      if (route === "write") return write(query);
      if (route === "bare" || reader === writer) return withWriter(query);
      return retryWhileBusy(() => reader.execute(query.sql, query.parameters), timing);
    },
    async close() {
      isClosing = true;
      const release = await writerTurn();
      try {
        await checkpoints?.settle();
        closeConnections(writer, reader, readOnly);
      } finally {
        release();
      }
    },
  };
}

/** Runs a whole transaction, at most 5 times while its COMMIT meets a lock. */
export async function repeatOnBusyCommit<T>(transaction: () => Promise<T>, { clock, random }: Timing): Promise<T> {
  for (let tries = 0; ; tries++) {
    try {
      return await transaction();
    } catch (error) {
      if (!(error instanceof CommitBusyError) || tries === 4) throw error;
      await clock.sleep(busyPause(tries, random));
    }
  }
}

function closeConnections(writer: SqliteConnection, reader: SqliteConnection, readOnly: boolean): void {
  if (reader !== writer) reader.close();
  try {
    if (!readOnly) writer.control("PRAGMA wal_checkpoint(TRUNCATE)");
  } catch {
    // Everything committed is safe in the log; whoever opens the file next moves it over.
  } finally {
    writer.close();
  }
}
