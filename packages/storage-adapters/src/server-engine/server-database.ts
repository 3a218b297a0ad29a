import { type Clock, type Random, StorageError, systemClock, systemRandom } from "@recallkit/core";
import { asyncScope } from "@recallkit/core/ports";
import { type CompiledQuery, type DatabaseConnection, type Dialect, Kysely, type QueryResult } from "kysely";
import type { HostTransactions } from "../host/host-connection.js";
import { type HostDatabase, hostDatabase } from "../host/host-database.js";
import type { MigrationOptions } from "../migrations/migration-ledger.js";
import type { MigrationDialect } from "../migrations/migration-set.js";
import { busyPause } from "../sql/busy-pause.js";
import { isBusy } from "../sql/constraint-error.js";
import { isHostStatement } from "../sql/host-statements.js";
import type { SettingCheck } from "../sql/sql-stores.js";
import { type Connection, type ConnectionGauge, type Connections, measured } from "./connection.js";

/** What a database server does in its own way. */
export interface ServerEngine {
  readonly dialect: Exclude<MigrationDialect, "sqlite">;
  readonly kysely: Pick<Dialect, "createAdapter" | "createQueryCompiler" | "createIntrospector">;
  /** Begins a READ COMMITTED transaction, or one that behaves as if it were alone. */
  begin(connection: Connection, isolation: "read-committed" | "serializable"): Promise<void>;
  /** What is done on the connection after a commit; it does not fail. */
  afterCommit?(connection: Connection): Promise<void>;
  /** What must be set how on the server; `isMet` is asked with the value that is. */
  readonly settings: {
    /** Gives rows of `setting` and `value`. */
    readonly query: string;
    readonly needed: Readonly<Record<string, { readonly needed: string; isMet(value: string): boolean }>>;
  };
  /** Asks the server for the time: one row with `now`, epoch ms. @default it is not asked */
  readonly timeQuery?: string;
  /** How transactions of a host are joined. @default they are not: `within` throws `transaction.unsupported` */
  readonly hostTransactions?: HostTransactions;
  /** Runs a migration while nobody else migrates this database. @throws {StorageError} `storage.busy` */
  migrate<T>(connection: Connection, run: () => Promise<T>, options: Required<MigrationOptions>): Promise<T>;
}

/** An open database on a server. */
export interface ServerDatabase<DB> {
  readonly dialect: ServerEngine["dialect"];
  /** For single statements. Inside a transaction they join it; outside, each is one of its own. */
  readonly kysely: Kysely<DB>;
  /**
   * Runs the callback in one READ COMMITTED transaction, which its error rolls back. One that was in the way of another is
   * repeated as a whole after a pause of 10 to 500 ms, so that the callback may run up to 5 times and has no effects but
   * statements. A call inside a callback joins the outer transaction.
   *
   * @throws {StorageError} `storage.busy` when it was in the way five times
   */
  transaction<T>(run: (trx: Kysely<DB>) => Promise<T>): Promise<T>;
  /** The same, SERIALIZABLE. @throws {StorageError} `storage.failed` inside a transaction that is not */
  serializable<T>(run: (trx: Kysely<DB>) => Promise<T>): Promise<T>;
  /** Runs the callback while no other process migrates; as one transaction where the engine can undo schema changes. */
  migration<T>(run: (trx: Kysely<DB>) => Promise<T>, options?: MigrationOptions): Promise<T>;
  /** Whether the calling code runs inside `transaction`. */
  inTransaction(): boolean;
  /**
   * This database inside a transaction that is open on the host's own connection.
   *
   * @throws {StorageError} `transaction.foreign`, `transaction.not-open`; `transaction.unsupported` on an engine without
   */
  within(hostTransaction: object): HostDatabase<DB>;
  /** Settings of the server that decide whether what was committed stays. */
  checkSettings(): Promise<readonly SettingCheck[]>;
  /** Statements run since opening, without BEGIN, COMMIT and settings. */
  statementCount(): number;
  /** How much of this process's connections is in use. */
  connections(): ConnectionGauge;
  /** What the server takes the time for, epoch ms; undefined: it is not asked. */
  serverTime(): Promise<number | undefined>;
  close(): Promise<void>;
}

/** Statements under way on one connection. */
interface Scope<DB> {
  readonly connection: Connection;
  /** Bound to it, also for code that has left its asynchronous context. */
  readonly kysely: Kysely<DB>;
  readonly manner: Manner;
  isOpen: boolean;
}

type Timed = <T>(sql: string, run: () => Promise<T>) => Promise<T>;

type Manner = "read-committed" | "serializable" | "migration";

const MOST_TRIES = 5;
/** How long a migration waits for a lock. */
const LOCK_TIMEOUT_MS = 5000;
/** Ceilings of the pauses between tries: 60, 120, 240 and 480 ms. */
const FIRST_PAUSE_MS = 60;

/** What pauses between tries are made of. */
export interface Pausing {
  /** @default systemClock */
  readonly clock?: Clock;
  /** @default systemRandom */
  readonly random?: Random;
}

/** Who looks at what the stores do. */
export interface Watching {
  /** Told after each statement, failed ones too: its text, without values, and how long it took in ms. */
  readonly onStatement?: ((sql: string, ms: number) => void) | undefined;
}

/** A database over open connections; `statementCount` tells what they ran. */
export function serverDatabase<DB>(
  engine: ServerEngine,
  opened: Connections,
  statementCount: () => number,
  { clock = systemClock, random = systemRandom, onStatement }: Pausing & Watching = {},
): ServerDatabase<DB> {
  const connections = measured(opened);
  /** Runs one statement, and tells how long it took. */
  const timed: Timed = async (sql, run) => {
    if (!onStatement) return run();
    const startedAt = clock.monotonic();
    return run().finally(() => onStatement(sql, clock.monotonic() - startedAt));
  };
  const scopes = asyncScope<Scope<DB>>();
  const kyselyOver = (scope: () => Scope<DB> | undefined) =>
    new Kysely<DB>({ dialect: routedDialect(engine, connections, scope, timed) });
  const kysely = kyselyOver(() => scopes.get());

  /** Runs the callback with its statements on this connection. */
  async function scoped<T>(connection: Connection, run: (trx: Kysely<DB>) => Promise<T>, manner: Manner): Promise<T> {
    const scope: Scope<DB> = { connection, manner, isOpen: true, kysely: kyselyOver(() => scope) };
    try {
      return await scopes.run(scope, () => run(scope.kysely));
    } finally {
      scope.isOpen = false;
    }
  }

  async function committed<T>(
    connection: Connection,
    run: (trx: Kysely<DB>) => Promise<T>,
    isolation: Exclude<Manner, "migration">,
  ): Promise<T> {
    await engine.begin(connection, isolation);
    try {
      const result = await scoped(connection, run, isolation);
      await connection.control("COMMIT");
      return result;
    } catch (error) {
      // The first error tells more than that of a connection which is gone.
      await connection.control("ROLLBACK").catch(connection.abandon);
      throw error;
    }
  }

  async function once<T>(run: (trx: Kysely<DB>) => Promise<T>, manner: Manner, lockTimeoutMs: number): Promise<T> {
    const connection = await connections.acquire();
    try {
      if (manner === "migration")
        return await engine.migrate(connection, () => scoped(connection, run, "migration"), { lockTimeoutMs });
      const result = await committed(connection, run, manner);
      await engine.afterCommit?.(connection);
      return result;
    } finally {
      connection.release();
    }
  }

  async function repeated<T>(
    run: (trx: Kysely<DB>) => Promise<T>,
    manner: Manner,
    lockTimeoutMs = LOCK_TIMEOUT_MS,
  ): Promise<T> {
    const outer = scopes.get();
    if (outer?.isOpen) {
      if (manner === "serializable" && outer.manner !== manner)
        throw new StorageError("storage.failed", "a serializable transaction can't be begun inside one that is not");
      return run(outer.kysely);
    }
    for (let tries = 0; ; tries++) {
      try {
        return await once(run, manner, lockTimeoutMs);
      } catch (error) {
        if (!isBusy(error) || tries + 1 === MOST_TRIES) throw error;
        // Without it those who met once would meet again.
        await clock.sleep(busyPause(tries, random, FIRST_PAUSE_MS));
      }
    }
  }

  return {
    dialect: engine.dialect,
    kysely,
    transaction: (run) => repeated(run, "read-committed"),
    serializable: (run) => repeated(run, "serializable"),
    migration: (run, { lockTimeoutMs } = {}) => repeated(run, "migration", lockTimeoutMs),
    inTransaction: () => scopes.get()?.isOpen === true,
    within(host) {
      if (!engine.hostTransactions)
        throw new StorageError("transaction.unsupported", "this engine cannot join a transaction of the application");
      return hostDatabase(host, {
        kysely: engine.kysely,
        engine: engine.hostTransactions,
        isInsideOwn: () => scopes.get()?.isOpen === true,
      });
    },
    async checkSettings() {
      const connection = await connections.acquire();
      try {
        const rows = await connection.control(engine.settings.query);
        return rows.flatMap((row) => {
          const [setting, value] = [String(row.setting), String(row.value)];
          const rule = engine.settings.needed[setting];
          return rule ? [{ setting, value, needed: rule.needed, isMet: rule.isMet(value) }] : [];
        });
      } finally {
        connection.release();
      }
    },
    async serverTime() {
      if (engine.timeQuery === undefined) return undefined;
      const connection = await connections.acquire();
      try {
        return Number((await connection.control(engine.timeQuery))[0]?.now);
      } finally {
        connection.release();
      }
    },
    statementCount,
    connections: connections.gauge,
    async close() {
      if (scopes.get()?.isOpen) throw new StorageError("storage.failed", "close() was called inside a transaction");
      await connections.close();
    },
  };
}

/** Statements join the transaction of the code that runs them; outside of one, each takes a connection of its own. */
function routedDialect<DB>(
  { kysely }: ServerEngine,
  connections: Connections,
  scopeNow: () => Scope<DB> | undefined,
  timed: Timed,
): Dialect {
  return {
    ...kysely,
    createDriver: () => ({
      init: async () => {},
      acquireConnection: async () => routed(connections, scopeNow, timed),
      beginTransaction: () =>
        Promise.reject(
          new StorageError("storage.failed", "begin transactions with transaction() of the database, not of Kysely"),
        ),
      commitTransaction: async () => {},
      rollbackTransaction: async () => {},
      releaseConnection: async () => {},
      destroy: async () => {},
    }),
  };
}

function routed<DB>(connections: Connections, scopeNow: () => Scope<DB> | undefined, timed: Timed): DatabaseConnection {
  return {
    async executeQuery<R>({ sql, parameters, queryId }: CompiledQuery): Promise<QueryResult<R>> {
      const scope = scopeNow();
      if (scope && !scope.isOpen) {
        throw new StorageError("storage.transaction-ended", "a transaction was used after its end");
      }
      const connection = scope?.connection ?? (await connections.acquire());
      try {
        const run = scope ? connection.run : (connection.runAlone ?? connection.run);
        const result = await timed(sql, () => run(sql, parameters, isHostStatement(queryId)));
        const { rows, changes, insertId } = result;
        return {
          // The row type comes from the query that Kysely compiled.
          rows: rows as R[],
          ...(changes !== undefined && { numAffectedRows: BigInt(changes) }),
          ...(insertId !== undefined && { insertId: BigInt(insertId) }),
        };
      } finally {
        if (!scope) connection.release();
      }
    },
    // biome-ignore lint/correctness/useYield: the interface asks for a generator, and this one only refuses
    async *streamQuery() {
      throw new StorageError("storage.failed", "statements are not streamed; read page by page along a key");
    },
  };
}
