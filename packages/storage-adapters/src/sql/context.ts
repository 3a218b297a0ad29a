import type { RowLock } from "@recallkit/core/ports";
import type { Compilable, Generated, Insertable, Kysely, RawBuilder, SqlBool } from "kysely";
import type { Database } from "../schema/database.js";

/** A value inside a row that travels as JSON. */
export type CellValue = string | number | null;

/** Tables whose rows are numbered by the database. */
export type TableWithId = {
  [T in keyof Database]: Database[T] extends { readonly id: Generated<number> } ? T : never;
}[keyof Database];

/** What is written differently per engine. */
export interface SqlDialect {
  /**
   * A list of any length as a subquery of one column; one parameter, so that the statement's text stays the same.
   *
   * @param of what an empty list would hold. @default "numbers"
   */
  list(values: readonly (string | number)[], of?: "numbers" | "texts"): RawBuilder<unknown>;
  /** Whether a column is one of any number of values, of which there is at least one; for look-ups of hundreds. */
  isAmong(column: string, values: readonly (string | number)[]): RawBuilder<boolean>;
  /** Rows of any number as a derived table with the columns named, in one parameter. */
  rows(
    columns: Readonly<Record<string, "integer" | "text">>,
    rows: readonly (readonly CellValue[])[],
  ): RawBuilder<unknown>;
  /** The same with columns of a table, whose types they have. */
  tableRows(
    table: keyof Database,
    columns: readonly string[],
    rows: readonly (readonly CellValue[])[],
  ): RawBuilder<unknown>;
  /**
   * Adds rows by as few statements as is good; the order of ids is that of the rows.
   *
   * @param ignoreExisting rows whose key exists are left as they are
   * @returns rows added
   */
  insertCells(
    db: Kysely<Database>,
    table: keyof Database,
    columns: readonly string[],
    rows: readonly (readonly CellValue[])[],
    ignoreExisting: boolean,
  ): Promise<number>;
  /**
   * Adds rows to a numbered table.
   *
   * @returns their ids, in the order of the rows. @default an INSERT as above, and a look-up by their keys
   */
  insertNumbered?(
    db: Kysely<Database>,
    table: TableWithId,
    columns: readonly string[],
    rows: readonly (readonly CellValue[])[],
  ): Promise<readonly number[]>;
  /**
   * Leases the first rows that `due` finds and nobody else is about to lease; raises their epoch.
   *
   * @param due a query for `id`, `state` and `epoch` of the table, named `b` in it, in order and without a limit
   * @returns their ids
   */
  claim(
    db: Kysely<Database>,
    table: "rk_occurrences" | "rk_batches" | "rk_messages",
    due: RawBuilder<unknown>,
    lease: {
      readonly owner: string;
      readonly until: number;
      readonly limit: number;
      /** What else is written into them, `column = value, …`. @default nothing */
      readonly also?: RawBuilder<unknown>;
    },
  ): Promise<readonly number[]>;
  /** Adds a row. @returns its id */
  insertRow<T extends TableWithId>(db: Kysely<Database>, table: T, row: Insertable<Database[T]>): Promise<number>;
  /** Adds a row unless its key is taken; call it inside a transaction. @returns whether it was added */
  insertIfAbsent<T extends keyof Database>(
    db: Kysely<Database>,
    table: T,
    row: Insertable<Database[T]>,
  ): Promise<boolean>;
  /** How an INSERT of a query's rows passes over those whose key is taken: its first words, and what ends it. */
  readonly passingOver: { readonly insert: RawBuilder<unknown>; readonly end: RawBuilder<unknown> };
  /** The end of an INSERT that writes these columns of rows whose key is taken. */
  replacing(key: readonly string[], columns: readonly string[]): RawBuilder<unknown>;
  /** Writes columns of rows found by `tenant_id` and `id` from a source that has all of them, as one statement. @param alike columns with a value that all of them get. @default none */
  updateFrom(
    table: keyof Database,
    written: readonly string[],
    source: RawBuilder<unknown>,
    alike?: Readonly<Record<string, CellValue>>,
  ): RawBuilder<unknown>;
  /** Whether the planner makes a join of EXISTS where that is shorter. @default false: it is asked row by row */
  readonly joinsSubqueries?: boolean;
  /** Stands behind a table's name and keeps the planner to an index where its own choice is bad. */
  along(index: string): RawBuilder<unknown>;
  /**
   * A DELETE of the rows whose `key` columns stand in `source`, a query in brackets. A query over the table itself has to be
   * one that is computed beforehand: distinct, or with a limit.
   */
  deleteFrom(table: keyof Database, key: readonly string[], source: RawBuilder<unknown>): RawBuilder<unknown>;
  /** Lets a table number its next rows above those that were written with ids of their own. @default needless */
  renumber?(table: keyof Database): RawBuilder<unknown>;
  /** That a row `d` of `rk_deliveries` has another `touched_at` than `credited_touch`. @default by `is distinct from`, which the index is limited by */
  readonly uncredited?: RawBuilder<SqlBool>;
  /** What ends a SELECT whose rows are held until the transaction ends. @default needless: one writer at a time */
  readonly holding?: Readonly<Record<RowLock, RawBuilder<unknown>>>;
  /** Columns of the unique key that a failed write broke; undefined for any other error. */
  brokenKey(error: unknown): readonly string[] | undefined;
}

/** What every store of an engine is made over. */
export interface SqlContext {
  readonly db: Kysely<Database>;
  readonly dialect: SqlDialect;
  /** Runs a read that may take long; inside a transaction it sees what that one wrote. */
  heavy<R>(query: Compilable<R>): Promise<readonly R[]>;
  /** Runs several statements as one; joins the transaction under way. */
  atomic<T>(run: (db: Kysely<Database>) => Promise<T>): Promise<T>;
}
