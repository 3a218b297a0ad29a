import { AsyncLocalStorage } from "node:async_hooks";
import { StorageError } from "@recallkit/core";
import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  type QueryResult,
} from "kysely";
import { isBusy } from "../sql/constraint-error.js";
import { type Connection, type Connections, openConnections, type PostgresConnection } from "./connections.js";
import { TypedQueryCompiler } from "./query-compiler.js";

/** An open PostgreSQL database. */
export interface PostgresDatabase<DB> {
  readonly dialect: "postgres";
  /** For single statements. Inside a transaction they join it; outside, each is one of its own. */
  readonly kysely: Kysely<DB>;
  /**
   * Runs the callback in one SERIALIZABLE transaction, which its error rolls back. One that was in the way of another is
   * repeated, from the second time on alone, so that the callback may run up to 5 times and has no effects but statements.
   * A call inside a callback joins the outer transaction.
   *
   * @throws {StorageError} `storage.busy` when it was in the way five times
   */
  transaction<T>(run: (trx: Kysely<DB>) => Promise<T>): Promise<T>;
  /** The same, alone from the first time on; makes the schema where there is none. */
  migration<T>(run: (trx: Kysely<DB>) => Promise<T>): Promise<T>;
  /** Statements run since opening, without BEGIN, COMMIT and settings. */
  statementCount(): number;
  close(): Promise<void>;
}

/** A transaction under way. */
interface Scope<DB> {
  readonly connection: Connection;
  /** Bound to it, also for code that has left its asynchronous context. */
  readonly kysely: Kysely<DB>;
  isOpen: boolean;
}

const MOST_TRIES = 5;
/** Any number that nobody else uses for an advisory lock: "rkit" in ASCII. */
const ALONE = 0x72_6b_69_74;

/** Opens a database. @throws {ConfigError}, {StorageError} `storage.unavailable` with a hint */
export async function openPostgres<DB>(options: PostgresConnection): Promise<PostgresDatabase<DB>> {
  const { schema = "public" } = options;
  let statements = 0;
  const connections = await openConnections(options, () => {
    statements++;
  });
  const scopes = new AsyncLocalStorage<Scope<DB>>();
  const kyselyOver = (scope: () => Scope<DB> | undefined) =>
    new Kysely<DB>({ dialect: postgresDialect(connections, scope) });
  const kysely = kyselyOver(() => scopes.getStore());
  await assertUsable(connections).catch(async (error: unknown) => {
    await connections.close();
    throw error;
  });
  statements = 0;

  async function once<T>(run: (trx: Kysely<DB>) => Promise<T>, isAlone: boolean): Promise<T> {
    const connection = await connections.acquire();
    let isBroken = false;
    try {
      // Before BEGIN: a serializable transaction sees the moment of its first statement, and that must be after the wait.
      if (isAlone) await connection.control(`SELECT pg_advisory_lock(${ALONE})`);
      try {
        await connection.control("BEGIN ISOLATION LEVEL SERIALIZABLE");
        const scope: Scope<DB> = { connection, isOpen: true, kysely: kyselyOver(() => scope) };
        try {
          const result = await scopes.run(scope, () => run(scope.kysely));
          await connection.control("COMMIT");
          return result;
        } catch (error) {
          await connection.control("ROLLBACK");
          throw error;
        } finally {
          scope.isOpen = false;
        }
      } finally {
        if (isAlone) await connection.control(`SELECT pg_advisory_unlock(${ALONE})`);
      }
    } catch (error) {
      isBroken = error instanceof StorageError && error.code === "storage.unavailable";
      throw error;
    } finally {
      connection.release(isBroken);
    }
  }

  async function repeated<T>(run: (trx: Kysely<DB>) => Promise<T>, isAlone: boolean): Promise<T> {
    const outer = scopes.getStore();
    if (outer?.isOpen) return run(outer.kysely);
    for (let attempt = 1; ; attempt++) {
      try {
        return await once(run, isAlone || attempt > 1);
      } catch (error) {
        // No pause: the next try waits for its turn in the database itself.
        if (!isBusy(error) || attempt === MOST_TRIES) throw error;
      }
    }
  }

  return {
    dialect: "postgres",
    kysely,
    transaction: (run) => repeated(run, false),
    migration: (run) =>
      repeated(async (trx) => {
        await trx.executeQuery(CompiledQuery.raw(`CREATE SCHEMA IF NOT EXISTS ${schema}`));
        return run(trx);
      }, true),
    statementCount: () => statements,
    async close() {
      if (scopes.getStore()?.isOpen)
        throw new StorageError("storage.failed", "close() was called inside a transaction");
      await connections.close();
    },
  };
}

/** Statements join the transaction of the code that runs them; outside of one, each takes a connection of its own. */
function postgresDialect<DB>(connections: Connections, scopeNow: () => Scope<DB> | undefined): Dialect {
  return {
    createAdapter: () => new PostgresAdapter(),
    createQueryCompiler: () => new TypedQueryCompiler(),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createDriver: () => ({
      init: async () => {},
      acquireConnection: async () => routed(connections, scopeNow),
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

function routed<DB>(connections: Connections, scopeNow: () => Scope<DB> | undefined): DatabaseConnection {
  return {
    async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
      const scope = scopeNow();
      if (scope && !scope.isOpen) {
        throw new StorageError("storage.transaction-ended", "a transaction was used after its end");
      }
      const connection = scope?.connection ?? (await connections.acquire());
      try {
        const { rows, changes, command } = await connection.run(sql, parameters);
        // The row type comes from the query that Kysely compiled.
        return { rows: rows as R[], ...(command !== "SELECT" && { numAffectedRows: BigInt(changes) }) };
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

/** @throws {StorageError} `storage.unavailable` for a database that does not keep UTF-8 */
async function assertUsable(connections: Connections): Promise<void> {
  const connection = await connections.acquire();
  try {
    const { rows } = await connection.run("SHOW server_encoding");
    if (rows[0]?.server_encoding === "UTF8") return;
    throw new StorageError("storage.unavailable", "the database does not keep UTF-8", {
      hint: "create it with ENCODING 'UTF8'",
    });
  } finally {
    connection.release();
  }
}
