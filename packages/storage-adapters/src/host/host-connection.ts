import type { StatementResult } from "../server-engine/connection.js";
import type { SharedMethod } from "./turnstile.js";

/** The connection that a host's transaction is open on. */
export interface HostConnection {
  /** What the host uses it by: two transactions over one object are one transaction. */
  readonly shared: object;
  readonly methods: readonly SharedMethod[];
  /** Runs one statement. @throws {RecallKitError} the driver's error, translated */
  run(sql: string, parameters?: readonly unknown[]): Promise<StatementResult>;
}

/** The way from what the host hands over to its connection. */
export interface HostLink {
  /** The connection as it was last reached, without asking. */
  readonly reached: HostConnection | undefined;
  /** @throws {StorageError} `transaction.not-open` when the transaction is known to have ended */
  reach(): Promise<HostConnection>;
}

/** What an engine does around a call inside a host's transaction. */
export interface HostTransactions {
  /** @throws {StorageError} `transaction.foreign` for what is no transaction of this engine, `transaction.not-open` */
  link(host: object): HostLink;
  /** Before the savepoint. @throws {StorageError} `transaction.not-open` */
  assertOpen?(connection: HostConnection): Promise<void>;
  /**
   * After the savepoint: looks whether it is the database of these stores, and sets what their statements need.
   *
   * @returns what sets it back, whether or not the call was undone
   * @throws {StorageError} `transaction.foreign`, `transaction.isolation`
   */
  enter(connection: HostConnection): Promise<() => Promise<void>>;
}
