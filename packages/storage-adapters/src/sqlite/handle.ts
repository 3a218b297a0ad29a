import type { SqlValue } from "../sql/parameters.js";

/** One row of a result: a plain object, column name to value. */
export type Row = Record<string, unknown>;

/** A compiled statement of one connection. */
export interface SqliteStatement {
  /** True for statements with result columns, `INSERT … RETURNING` included. */
  readonly returnsRows: boolean;
  all(parameters: readonly SqlValue[]): readonly Row[];
  run(parameters: readonly SqlValue[]): { changes: number | bigint; lastInsertRowid: number | bigint };
}

/**
 * The part of a synchronous SQLite client that this package calls.
 *
 * Methods throw the client's own errors; `toStorageError` translates them.
 */
export interface SqliteHandle {
  /** Runs every statement of a text; results are dropped, nothing is cached. */
  exec(sql: string): void;
  /** Compiles the first statement of a text. */
  prepare(sql: string): SqliteStatement;
  /** False also after the engine itself rolled back, as it does when the disk is full. */
  inTransaction(): boolean;
  close(): void;
}

/** A client library that opens files. */
export interface SqliteDriver {
  readonly name: "node" | "libsql";
  /** @param file absolute path or `:memory:`; a missing file is created */
  open(file: string): SqliteHandle;
}
