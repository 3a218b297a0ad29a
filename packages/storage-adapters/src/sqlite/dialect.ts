import { StorageError } from "@recallkit/core";
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from "kysely";
import type { StatementResult } from "./connection.js";
import type { SqliteConnectionPool } from "./connection-pool.js";
import { openTransaction, type TransactionScopes } from "./transaction-scope.js";
import type { WriteTransaction } from "./write-transaction.js";

/** What the dialect works with; `pause` is asked before each statement. */
export interface SqliteDialectOptions<DB> {
  readonly pool: SqliteConnectionPool;
  readonly scopes: TransactionScopes<DB>;
  readonly pause: () => Promise<void> | undefined;
}

/**
 * The Kysely dialect over a pool.
 *
 * Statements join the transaction of the code that runs them; outside of one, reads go to the reader connection and each
 * write is a transaction of its own. `stream()` is refused.
 */
export function sqliteDialect<DB>({ pool, scopes, pause }: SqliteDialectOptions<DB>): Dialect {
  return {
    createAdapter: () => new SqliteAdapter(),
    createQueryCompiler: () => new SqliteQueryCompiler(),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createDriver: () => poolDriver({ pool, scopes, pause }),
  };
}

interface RoutedConnection extends DatabaseConnection {
  transaction: WriteTransaction | undefined;
}

function poolDriver<DB>(options: SqliteDialectOptions<DB>): Driver {
  const { pool, scopes } = options;
  // Kysely hands back only connections that acquireConnection() made.
  const own = (connection: DatabaseConnection) => connection as RoutedConnection;
  return {
    init: async () => {},
    acquireConnection: async () => routedConnection(options),
    async beginTransaction(connection) {
      const scope = scopes.get();
      if (!scope || scope.transaction) {
        throw new StorageError(
          "storage.failed",
          "begin transactions with transaction() of the database, not of Kysely",
        );
      }
      scope.transaction = own(connection).transaction = await pool.begin();
    },
    commitTransaction: async (connection) => own(connection).transaction?.commit(),
    rollbackTransaction: async (connection) => own(connection).transaction?.rollback(),
    releaseConnection: async (connection) => own(connection).transaction?.release(),
    destroy: async () => {},
  };
}

function routedConnection<DB>({ pool, scopes, pause }: SqliteDialectOptions<DB>): RoutedConnection {
  return {
    transaction: undefined,
    async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
      const due = pause();
      if (due) await due;
      const transaction = this.transaction ?? openTransaction(scopes);
      const result = transaction ? transaction.execute(query.sql, query.parameters) : await pool.run(query);
      return queryResult<R>(query, result);
    },
    // biome-ignore lint/correctness/useYield: the interface asks for a generator, and this one only refuses
    async *streamQuery() {
      throw new StorageError("storage.failed", "SQLite statements are not streamed; read page by page along a key");
    },
  };
}

function queryResult<R>(query: CompiledQuery, { rows, changes, lastInsertRowid }: StatementResult): QueryResult<R> {
  const isInsert = query.query.kind === "InsertQueryNode";
  return {
    // The row type comes from the query that Kysely compiled.
    rows: rows as R[],
    ...(changes === undefined ? {} : { numAffectedRows: BigInt(changes) }),
    // After an insert that changed nothing SQLite still tells the id of an earlier one.
    ...(isInsert && changes && lastInsertRowid !== undefined ? { insertId: BigInt(lastInsertRowid) } : {}),
  };
}
