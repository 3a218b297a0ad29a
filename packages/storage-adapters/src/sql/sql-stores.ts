import type { Stores } from "@recallkit/core/ports";
import type { Kysely } from "kysely";
import type { MigrationOptions } from "../migrations/migration-ledger.js";
import type { MigrationSet, NumberedStep } from "../migrations/migration-set.js";
import type { MigrationStatus } from "../migrations/migration-status.js";
import type { Database } from "../schema/database.js";
import type { ConnectionGauge } from "../server-engine/connection.js";
import type { RawTables } from "./raw-tables.js";

/** A setting of a database server, and whether it keeps what was committed. */
export interface SettingCheck {
  readonly setting: string;
  readonly value: string;
  /** What it must be. */
  readonly needed: string;
  readonly isMet: boolean;
}

/** Stores of an SQL engine. */
export interface SqlStores extends Stores {
  /** The same database, for tables of your own; inside `transaction` its statements belong to the transaction. */
  readonly sql: Kysely<Database>;
  /**
   * A {@link Stores.transaction} that behaves as if it were alone: for whoever decides by what it read and has neither a
   * row to hold nor a key to break. Others who must not come between are serializable too.
   *
   * @throws {StorageError} `storage.failed` inside a transaction that is not
   */
  serializable<T>(work: (tx: this) => Promise<T>): Promise<T>;
  inTransaction(): boolean;
  within(hostTransaction: object): this;
  /** Rows as they are stored, for moving tenants; the same in a transaction. */
  readonly rows: RawTables;
  /**
   * Applies the pending steps of RecallKit's own tables, then of `sets`.
   *
   * @param sets schemas of other owners. @default those given when opening
   * @returns the steps applied by this call
   */
  migrate(sets?: readonly MigrationSet[], options?: MigrationOptions): Promise<readonly NumberedStep[]>;
  /** How the schema relates to this code; changes nothing. Same default. */
  migrationStatus(sets?: readonly MigrationSet[]): Promise<MigrationStatus>;
  /** @throws {StorageError} `storage.schema-outdated`, `storage.schema-newer` or `storage.schema-changed`. Same default. */
  assertMigrated(sets?: readonly MigrationSet[]): Promise<void>;
  /** Settings of the database that the promises of delivery rest on. */
  checkSettings(): Promise<readonly SettingCheck[]>;
  /** What the database's server takes the time for, epoch ms; undefined: it runs in this process, or does not tell. */
  serverTime(): Promise<number | undefined>;
  /** True while the database holds no table at all. */
  isEmpty(): Promise<boolean>;
  /** Statements run since opening, without BEGIN, COMMIT and settings. */
  statementCount(): number;
  /** How much of this process's connections is in use, of SQLite the one that writes; undefined: the engine does not tell. */
  connections(): ConnectionGauge | undefined;
}
