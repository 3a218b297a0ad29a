import { type Clock, StorageError } from "@recallkit/core";
import type { Kysely } from "kysely";
import type { HostDatabase } from "../host/host-database.js";
import { migrate } from "../migrations/migrate.js";
import type { MigrationDatabase } from "../migrations/migration-ledger.js";
import type { MigrationSet } from "../migrations/migration-set.js";
import { assertMigrated, isEmptyDatabase, migrationStatus } from "../migrations/migration-status.js";
import type { Database } from "../schema/database.js";
import { recallkitMigrations } from "../schema/recallkit-migrations.js";
import type { ConnectionGauge } from "../server-engine/connection.js";
import type { SqlContext, SqlDialect } from "./context.js";
import { forHost } from "./host-statements.js";
import type { SettingCheck, SqlStores } from "./sql-stores.js";
import { sqlStoreSet } from "./store-set.js";

/** What stores need of an open database, whatever its engine. */
export interface StoresDatabase extends MigrationDatabase {
  readonly kysely: Kysely<Database>;
  transaction<T>(run: (trx: Kysely<Database>) => Promise<T>): Promise<T>;
  /** Statements alone, stored as one; several such transactions may share a commit. @default transaction */
  atomic?<T>(run: (trx: Kysely<Database>) => Promise<T>): Promise<T>;
  /** A transaction that behaves as if it were alone. @default transaction, on engines with one writer */
  serializable?<T>(run: (trx: Kysely<Database>) => Promise<T>): Promise<T>;
  /** @default none: every connection sets what is needed for itself */
  checkSettings?(): Promise<readonly SettingCheck[]>;
  /** What the database's server takes the time for, epoch ms. @default nobody tells */
  serverTime?(): Promise<number | undefined>;
  /** Whether the calling code runs inside `transaction`. */
  inTransaction(): boolean;
  /** The database inside a transaction of the host. */
  within(hostTransaction: object): HostDatabase<Database>;
  statementCount(): number;
  /** How much of the connections is in use. @default nobody tells */
  connections?(): ConnectionGauge;
  close(): Promise<void>;
}

/** What opening stores takes beside the place of the data. */
export interface StoresOverOptions {
  /** When steps of the schema are said to have been applied. @default systemClock */
  readonly clock?: Clock;
  /** Schemas of other owners in the same database, for example of server modules. @default none */
  readonly sets?: readonly MigrationSet[];
}

/**
 * All stores over an open database, whatever its schema is like.
 *
 * @param heavy how reads that may take long are run outside of transactions. @default as any other
 */
export function storesOver(
  database: StoresDatabase,
  dialect: SqlDialect,
  { sets = [], clock }: StoresOverOptions,
  heavy: SqlContext["heavy"] = heavyOn(database.kysely),
): SqlStores {
  const timing = clock ? { clock } : {};
  database.names?.learn([recallkitMigrations, ...sets], database.dialect);
  const all = (others: readonly MigrationSet[] = sets) => [recallkitMigrations, ...others];
  const context: SqlContext = {
    db: database.kysely,
    dialect,
    heavy,
    atomic: (run) => (database.atomic ?? database.transaction)(run),
  };
  const isAlone = database.serializable === undefined;
  const stores: SqlStores = {
    ...sqlStoreSet(context),
    sql: forHost(database.kysely),
    transaction: (work) => database.transaction((trx) => work(joined(stores, trx, isAlone))),
    serializable: (work) => (database.serializable ?? database.transaction)((trx) => work(joined(stores, trx, true))),
    inTransaction: () => database.inTransaction(),
    within: (host) => withinHost(database.within(host)),
    migrate: (others, options) => migrate(database, all(others), { ...timing, ...options }),
    migrationStatus: (others) => migrationStatus(database, all(others)),
    assertMigrated: (others) => assertMigrated(database, all(others)),
    checkSettings: async () => database.checkSettings?.() ?? [],
    serverTime: async () => database.serverTime?.(),
    isEmpty: () => isEmptyDatabase(database),
    statementCount: () => database.statementCount(),
    connections: () => database.connections?.(),
    close: () => database.close(),
  };
  /** The same stores bound to a transaction, also for code that has left its asynchronous context. */
  function joined(outer: SqlStores, trx: Kysely<Database>, isSerializable: boolean): SqlStores {
    const inside: SqlContext = {
      db: trx,
      dialect,
      heavy: heavyOn(trx),
      atomic: (run) => run(trx),
    };
    const tx: SqlStores = {
      ...outer,
      ...sqlStoreSet(inside),
      sql: forHost(trx),
      transaction: (work) => work(tx),
      serializable: (work) => (isSerializable ? work(tx) : outer.serializable(work)),
    };
    return tx;
  }
  /** The same stores inside a transaction of the host, which alone begins and ends it. */
  function withinHost({ kysely, transaction }: HostDatabase<Database>): SqlStores {
    const refused = (what: string) => async () => {
      throw new StorageError("transaction.refused", `${what} cannot be done inside a host's transaction`);
    };
    const inside: SqlStores = {
      ...stores,
      ...sqlStoreSet({ db: kysely, dialect, heavy: heavyOn(kysely), atomic: transaction }),
      sql: kysely,
      transaction: (work) => transaction((trx) => work(joined(inside, trx, false))),
      serializable: refused("a serializable transaction"),
      inTransaction: () => true,
      within: () => {
        throw new StorageError("transaction.nested", "these stores are inside a host's transaction already");
      },
      migrate: refused("a migration"),
      close: refused("closing the stores"),
    };
    return inside;
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

function heavyOn(db: Kysely<Database>): SqlContext["heavy"] {
  return async (query) => (await db.executeQuery(query.compile())).rows;
}
