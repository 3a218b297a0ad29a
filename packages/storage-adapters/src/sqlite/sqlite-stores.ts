import { AsyncLocalStorage } from "node:async_hooks";
import type { Kysely } from "kysely";
import { migrate } from "../migrations/migrate.js";
import type { MigrationSet } from "../migrations/migration-set.js";
import { assertMigrated, isEmptyDatabase, migrationStatus } from "../migrations/migration-status.js";
import type { Database } from "../schema/database.js";
import { recallkitMigrations } from "../schema/recallkit-migrations.js";
import type { SqlContext } from "../sql/context.js";
import type { SqlStores } from "../sql/sql-stores.js";
import { sqlStoreSet } from "../sql/store-set.js";
import { type OpenSqliteOptions, openSqlite } from "./database.js";
import { sqliteSqlDialect } from "./sql-dialect.js";

/** What opening the stores of a file takes. */
export interface SqliteStoresOptions extends OpenSqliteOptions {
  /** Brings the schema up to date while opening. @default false: an outdated schema is an error */
  readonly migrate?: boolean;
  /** Schemas of other owners in the same database, for example of server modules. @default none */
  readonly sets?: readonly MigrationSet[];
}

/**
 * Opens all stores on one SQLite file.
 *
 * @throws {StorageError} `storage.schema-outdated` when steps are pending and `migrate` is not set; the errors of `openSqlite`
 */
export async function sqliteStores({
  migrate: isMigrating = false,
  ...options
}: SqliteStoresOptions): Promise<SqlStores> {
  const stores = await openSqliteStores(options);
  try {
    if (isMigrating) await stores.migrate();
    else await stores.assertMigrated();
    return stores;
  } catch (error) {
    await stores.close();
    throw error;
  }
}

/** Opens the stores whatever the schema is like, for whoever shows or changes it. */
export async function openSqliteStores({
  sets = [],
  ...options
}: Omit<SqliteStoresOptions, "migrate">): Promise<SqlStores> {
  const database = await openSqlite<Database>(options);
  const insideTransaction = new AsyncLocalStorage<true>();
  const timing = options.clock ? { clock: options.clock } : {};
  const all = (others: readonly MigrationSet[] = sets) => [recallkitMigrations, ...others];

  const context: SqlContext = {
    db: database.kysely,
    dialect: sqliteSqlDialect,
    heavy(query) {
      const compiled = query.compile();
      // The other thread does not see what this transaction has written.
      if (insideTransaction.getStore()) return database.kysely.executeQuery(compiled).then(({ rows }) => rows);
      return database.readHeavy(compiled.sql, compiled.parameters);
    },
    atomic: (run) => insideTransaction.run(true, () => database.transaction(run)),
    claiming: (run) => context.atomic(run),
  };

  const stores: SqlStores = {
    ...sqlStoreSet(context),
    sql: database.kysely,
    transaction: (work) => context.atomic((trx) => work(joined(trx))),
    migrate: (others) => migrate(database, all(others), timing),
    migrationStatus: (others) => migrationStatus(database, all(others)),
    assertMigrated: (others) => assertMigrated(database, all(others)),
    // Every connection sets what is needed for itself.
    checkSettings: async () => [],
    isEmpty: () => isEmptyDatabase(database),
    statementCount: () => database.statementCount(),
    close: () => database.close(),
  };

  /** The same stores bound to a transaction, also for code that has left its asynchronous context. */
  function joined(trx: Kysely<Database>): SqlStores {
    const inside: SqlContext = {
      db: trx,
      dialect: sqliteSqlDialect,
      heavy: async (query) => (await trx.executeQuery(query.compile())).rows,
      atomic: (run) => run(trx),
      claiming: (run) => run(trx),
    };
    const tx: SqlStores = { ...stores, ...sqlStoreSet(inside), sql: trx, transaction: (work) => work(tx) };
    return tx;
  }

  return stores;
}
