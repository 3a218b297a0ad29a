import { resolve } from "node:path";
import { type Clock, ConfigError, type Random, StorageError, systemClock, systemRandom } from "@recallkit/core";
import { asyncScope } from "@recallkit/core/ports";
import { CompiledQuery, Kysely } from "kysely";
import { type HostDatabase, hostDatabase } from "../host/host-database.js";
import type { ConnectionGauge } from "../server-engine/connection.js";
import { encodeParameters } from "../sql/parameters.js";
import { type TableNames, tableNames } from "../sql/table-names.js";
import { repeatOnBusyCommit, sqliteConnectionPool } from "./connection-pool.js";
import { sqliteDialect } from "./dialect.js";
import { loadSqliteDriver, type SqliteDriverChoice } from "./driver.js";
import { eventLoopBreaks } from "./event-loop-break.js";
import { sqliteHostTransactions } from "./host-transaction.js";
import { logCheckpoints } from "./log-checkpoints.js";
import { MEMORY, openConnection, prepareFile } from "./open-connection.js";
import { plainRows } from "./rows.js";
import { openTransaction, type TransactionScope } from "./transaction-scope.js";
import { workerReader } from "./worker-reader.js";

/** What opening a database takes. */
export interface OpenSqliteOptions {
  /** Path of the file, or `:memory:`; a missing file and its folder are made. Local disk only. */
  readonly file: string;
  /** @default "auto" */
  readonly driver?: SqliteDriverChoice;
  /** First part of the names of all tables and indexes. @default "rk_" */
  readonly tablePrefix?: string;
  /** Refuses every write; the file must exist. @default false */
  readonly readOnly?: boolean;
  /** @default systemClock */
  readonly clock?: Clock;
  /** @default systemRandom */
  readonly random?: Random;
  /** Told after each statement, BEGIN and COMMIT included: its text and how long it took in ms. */
  readonly onStatement?: (sql: string, ms: number) => void;
}

/** An open SQLite database. */
export interface SqliteDatabase<DB> {
  readonly dialect: "sqlite";
  /** How it calls the tables of migration sets. */
  readonly names: TableNames;
  /** For single statements. Inside a transaction they join it; outside, reads see committed data only. */
  readonly kysely: Kysely<DB>;
  /**
   * Runs the callback in one write transaction, which its error rolls back.
   *
   * The callback may run up to 5 times, so it has no effects but statements. A call inside a callback joins the outer
   * transaction: only that one commits or rolls back.
   *
   * @throws {StorageError} `storage.busy` when another process held the lock for 5 s
   */
  transaction<T>(run: (trx: Kysely<DB>) => Promise<T>): Promise<T>;
  /** The same: a write transaction is alone in any case. */
  migration<T>(run: (trx: Kysely<DB>) => Promise<T>): Promise<T>;
  /**
   * Runs one reading statement in another thread, for everything that may take longer than about 50 ms.
   *
   * It sees committed data only, also inside a transaction; a database in memory answers on its own connection.
   */
  readHeavy<R = Record<string, unknown>>(sql: string, parameters?: readonly unknown[]): Promise<R[]>;
  /** Whether the calling code runs inside `transaction`. */
  inTransaction(): boolean;
  /** This database inside a transaction that is open on another connection to its file. @throws {StorageError} `transaction.foreign`, `transaction.not-open` */
  within(hostTransaction: object): HostDatabase<DB>;
  /** Statements run since opening, without BEGIN, COMMIT and settings. */
  statementCount(): number;
  /** How much of the connection that writes is in use. */
  connections(): ConnectionGauge;
  /** Waits for the transactions and reads under way, then closes; later calls fail with `storage.unavailable`. */
  close(): Promise<void>;
}

/**
 * Opens a database with write-ahead log, `synchronous=FULL` and foreign keys.
 *
 * @throws {ConfigError} `config.missing` without a driver, `config.invalid` without a file
 * @throws {StorageError} `storage.unavailable`, with a hint, or `storage.busy`
 */
export async function openSqlite<DB>(options: OpenSqliteOptions): Promise<SqliteDatabase<DB>> {
  const { clock = systemClock, random = systemRandom, readOnly = false, onStatement } = options;
  if (!options.file) throw new ConfigError("config.invalid", "file", "the path of the database file is empty");
  const names = tableNames({ prefix: options.tablePrefix });
  const driver = loadSqliteDriver(options.driver);
  const isMemory = options.file === MEMORY;
  const file = isMemory ? MEMORY : resolve(options.file);
  const timing = { clock, random };
  let statements = 0;
  const observe = (sql: string, ms: number, kind: "query" | "control") => {
    if (kind === "query") statements++;
    onStatement?.(sql, ms);
  };

  await prepareFile(file, readOnly);
  const open = (queryOnly: boolean) =>
    openConnection({ driver, file, queryOnly, readOnly, timing, observe, named: names.in });
  const writer = await open(readOnly);
  const reader = isMemory
    ? writer
    : await open(true).catch((error) => {
        writer.close();
        throw error;
      });
  statements = 0;
  const thread = workerReader(file, driver.name);
  const checkpoints =
    isMemory || readOnly ? undefined : logCheckpoints(() => thread.read("PRAGMA wal_checkpoint(PASSIVE)", []));
  const pool = sqliteConnectionPool({ writer, reader, timing, readOnly, checkpoints });
  const scopes = asyncScope<TransactionScope<DB>>();
  const dialect = sqliteDialect({ pool, scopes, pause: eventLoopBreaks(clock) });
  const kysely = new Kysely<DB>({ dialect });
  const engine = sqliteHostTransactions({ file, clock, random, named: names.in, observe });
  let closed: Promise<void> | undefined;

  async function transaction<T>(run: (trx: Kysely<DB>) => Promise<T>): Promise<T> {
    const outer = scopes.get();
    if (outer?.kysely && openTransaction(scopes)) return run(outer.kysely);
    return repeatOnBusyCommit(() => {
      const scope: TransactionScope<DB> = {};
      const inside = (trx: Kysely<DB>) => {
        scope.kysely = trx;
        return run(trx);
      };
      return scopes.run(scope, () => kysely.transaction().execute(inside));
    }, timing);
  }

  return {
    dialect: "sqlite",
    names,
    kysely,
    transaction,
    migration: transaction,
    async readHeavy<R>(sql: string, parameters: readonly unknown[] = []) {
      if (isMemory) return (await kysely.executeQuery<R>(CompiledQuery.raw(sql, [...parameters]))).rows;
      if (closed) throw new StorageError("storage.unavailable", "the database is closed");
      const startedAt = clock.monotonic();
      try {
        return plainRows<R>(await thread.read(names.in(sql), encodeParameters(parameters)));
      } finally {
        observe(sql, clock.monotonic() - startedAt, "query");
      }
    },
    inTransaction: () => openTransaction(scopes) !== undefined,
    within: (host) =>
      hostDatabase(host, { kysely: dialect, engine, isInsideOwn: () => openTransaction(scopes) !== undefined }),
    statementCount: () => statements,
    connections: pool.gauge,
    async close() {
      if (openTransaction(scopes)) throw new StorageError("storage.failed", "close() was called inside a transaction");
      closed ??= pool.close().then(() => thread.close());
      await closed;
    },
  };
}
