import type { Compilable, Kysely, RawBuilder } from "kysely";
import type { Database } from "../schema/database.js";

/** A value inside a row that travels as JSON. */
export type CellValue = string | number | null;

/** What is written differently per engine. */
export interface SqlDialect {
  /**
   * A list of any length as a subquery of one column; one parameter, so that the statement's text stays the same.
   *
   * @param of what an empty list would hold. @default "numbers"
   */
  list(values: readonly (string | number)[], of?: "numbers" | "texts"): RawBuilder<unknown>;
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
   * Leases the rows that `candidates` finds, a query for ids with order and limit in which the table is named `b`;
   * raises their epoch. @returns their ids
   */
  claim(
    db: Kysely<Database>,
    table: "rk_occurrences" | "rk_batches",
    candidates: RawBuilder<unknown>,
    lease: { readonly owner: string; readonly until: number },
  ): Promise<readonly number[]>;
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
