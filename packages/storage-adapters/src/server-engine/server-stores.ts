import type { Clock } from "@recallkit/core";
import type { Kysely } from "kysely";
import { migrate } from "../migrations/migrate.js";
import type { MigrationSet } from "../migrations/migration-set.js";
import { assertMigrated, isEmptyDatabase, migrationStatus } from "../migrations/migration-status.js";
import type { Database } from "../schema/database.js";
import { recallkitMigrations } from "../schema/recallkit-migrations.js";
import type { SqlContext, SqlDialect } from "../sql/context.js";
import type { SqlStores } from "../sql/sql-stores.js";
import { sqlStoreSet } from "../sql/store-set.js";
import type { ServerDatabase } from "./server-database.js";

/** What opening stores on a server takes beside the connection. */
export interface ServerStoresOptions {
  /** When steps of the schema are said to have been applied. @default systemClock */
  readonly clock?: Clock;
  /** Schemas of other owners in the same database, for example of server modules. @default none */
  readonly sets?: readonly MigrationSet[];
}

/** All stores over an open database, whatever its schema is like. */
export function serverStores(
  database: ServerDatabase<Database>,
  dialect: SqlDialect,
  { sets = [], clock }: ServerStoresOptions,
): SqlStores {
  const timing = clock ? { clock } : {};
  const all = (others: readonly MigrationSet[] = sets) => [recallkitMigrations, ...others];
  const context: SqlContext = {
    db: database.kysely,
    dialect,
    heavy: async (query) => (await database.kysely.executeQuery(query.compile())).rows,
    atomic: (run) => database.transaction(run),
    claiming: (run) => database.claim(run),
  };
  const stores: SqlStores = {
    ...sqlStoreSet(context),
    sql: database.kysely,
    transaction: (work) => context.atomic((trx) => work(joined(trx))),
    migrate: (others) => migrate(database, all(others), timing),
    migrationStatus: (others) => migrationStatus(database, all(others)),
    assertMigrated: (others) => assertMigrated(database, all(others)),
    checkSettings: () => database.checkSettings(),
    isEmpty: () => isEmptyDatabase(database),
    statementCount: () => database.statementCount(),
    close: () => database.close(),
  };
  /** The same stores bound to a transaction, also for code that has left its asynchronous context. */
  function joined(trx: Kysely<Database>): SqlStores {
    const inside: SqlContext = {
      db: trx,
      dialect,
      heavy: async (query) => (await trx.executeQuery(query.compile())).rows,
      atomic: (run) => run(trx),
      claiming: (run) => run(trx),
    };
    const tx: SqlStores = { ...stores, ...sqlStoreSet(inside), sql: trx, transaction: (work) => work(tx) };
    return tx;
  }

  return stores;
}

/** Brings the schema up to date or asserts that it is; closes the stores when that fails. */
export async function openedAtSchema(stores: SqlStores, isMigrating: boolean): Promise<SqlStores> {
  try {
    if (isMigrating) await stores.migrate();
    else await stores.assertMigrated();
    return stores;
  } catch (error) {
    await stores.close();
    throw error;
  }
}
