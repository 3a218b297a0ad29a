import { asyncScope } from "@recallkit/core/ports";
import type { Database } from "../schema/database.js";
import type { SqlStores } from "../sql/sql-stores.js";
import { openedAtSchema, type StoresOverOptions, storesOver } from "../sql/stores-over.js";
import { type OpenSqliteOptions, openSqlite } from "./database.js";
import { sharedTransactions } from "./shared-transactions.js";
import { sqliteSqlDialect } from "./sql-dialect.js";

/** What opening the stores of a file takes. */
export interface SqliteStoresOptions extends OpenSqliteOptions, StoresOverOptions {
  /** Brings the schema up to date while opening. @default false: an outdated schema is an error */
  readonly migrate?: boolean;
}

/**
 * Opens all stores on one SQLite file.
 *
 * @throws {StorageError} `storage.schema-outdated` when steps are pending and `migrate` is not set; the errors of `openSqlite`
 */
export async function sqliteStores({ migrate = false, ...options }: SqliteStoresOptions): Promise<SqlStores> {
  return openedAtSchema(await openSqliteStores(options), migrate);
}

/** Opens the stores whatever the schema is like, for whoever shows or changes it. */
export async function openSqliteStores(options: Omit<SqliteStoresOptions, "migrate">): Promise<SqlStores> {
  const database = await openSqlite<Database>(options);
  const insideTransaction = asyncScope<true>();
  const transaction: typeof database.transaction = (run) =>
    insideTransaction.run(true, () => database.transaction(run));
  const shared = sharedTransactions(transaction);
  return storesOver(
    {
      ...database,
      transaction,
      atomic: (run) => (database.inTransaction() ? transaction(run) : shared(run)),
    },
    sqliteSqlDialect,
    options,
    (query) => {
      const compiled = query.compile();
      // The other thread does not see what this transaction has written.
      if (insideTransaction.get()) return database.kysely.executeQuery(compiled).then(({ rows }) => rows);
      return database.readHeavy(compiled.sql, compiled.parameters);
    },
  );
}
