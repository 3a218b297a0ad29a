import { mkdir, open, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { StorageError } from "@recallkit/core";
import { retryWhileBusy, type Timing } from "./busy-retry.js";
import { type SqliteConnection, type StatementObserver, sqliteConnection } from "./connection.js";
import type { SqliteDriver } from "./handle.js";
import { toStorageError } from "./sqlite-error.js";

/** Pages of a log that SQLite moves by itself within a COMMIT: 40 MB. */
const MOST_LOG_PAGES = 10_000;

/** The name of a database that lives in memory. */
export const MEMORY = ":memory:";

/** How to open one connection. */
export interface OpenConnectionOptions {
  readonly driver: SqliteDriver;
  /** Absolute path or `MEMORY`. */
  readonly file: string;
  /** Refuses writes on this connection. */
  readonly queryOnly: boolean;
  /** The whole database is opened for reading: the journal mode is left as it is. */
  readonly readOnly: boolean;
  readonly timing: Timing;
  readonly observe: StatementObserver;
  /** Gives tables their names. */
  readonly named: (sql: string) => string;
}

/**
 * Makes a file to be written, and its folder, for the owner only; what SQLite puts beside it gets the same rights. A file to
 * be read must exist.
 */
export async function prepareFile(file: string, readOnly: boolean): Promise<void> {
  if (file === MEMORY) return;
  try {
    if (readOnly) {
      await stat(file);
      return;
    }
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    await (await open(file, "a", 0o600)).close();
  } catch (error) {
    const hint = readOnly
      ? "the file must exist to be read"
      : "the database file or its folder cannot be opened or made";
    throw new StorageError("storage.unavailable", "the database file cannot be opened", { hint, cause: error });
  }
}

/** Opens a connection with the settings that the promises of the ledger need; closes it again when one of them fails. */
export async function openConnection(options: OpenConnectionOptions): Promise<SqliteConnection> {
  const { driver, file, timing, observe, named } = options;
  const connection = sqliteConnection(openHandle(driver, file), timing.clock, observe, named);
  const set = (pragma: string) => retryWhileBusy(() => connection.control(`PRAGMA ${pragma}`), timing);
  try {
    // First: every later statement, the change to WAL included, may meet another process.
    await set("busy_timeout = 15");
    if (file !== MEMORY && !options.readOnly) {
      await set("journal_mode = WAL");
      assertWal(connection);
      // The log is moved in another thread; this is for when that one can't.
      await set(`wal_autocheckpoint = ${MOST_LOG_PAGES}`);
    }
    await set("synchronous = FULL");
    await set("foreign_keys = ON");
    if (options.queryOnly) await set("query_only = ON");
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}

function openHandle(driver: SqliteDriver, file: string) {
  try {
    return driver.open(file);
  } catch (error) {
    throw toStorageError(error);
  }
}

function assertWal(connection: SqliteConnection): void {
  const mode = connection.execute("PRAGMA journal_mode", []).rows[0]?.journal_mode;
  if (mode === "wal") return;
  throw new StorageError("storage.unavailable", `the database file stays in journal mode ${String(mode)}`, {
    hint: "write-ahead logging needs a local disk; network file systems do not carry it",
  });
}
