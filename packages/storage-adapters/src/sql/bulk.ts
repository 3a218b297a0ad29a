import type { Insertable } from "kysely";
import type { Database } from "../schema/database.js";
import type { CellValue, SqlContext, TableWithId } from "./context.js";

/** What bulk writes need of a context. */
export type BulkContext = Pick<SqlContext, "db" | "dialect">;

/** A row of a table whose columns all fit into JSON. */
type BulkRow<T extends keyof Database> = Insertable<Database[T]> & Readonly<Record<string, CellValue>>;

/**
 * Inserts rows of equal columns, in the order given, by as few statements as is good; call it inside a transaction.
 *
 * @param options `ignoreExisting`: rows whose key exists are left as they are
 * @returns rows inserted
 */
export async function insertRows<T extends keyof Database>(
  context: BulkContext,
  table: T,
  rows: readonly BulkRow<T>[],
  { ignoreExisting = false }: { readonly ignoreExisting?: boolean } = {},
): Promise<number> {
  if (rows.length === 0) return 0;
  const columns = Object.keys(rows[0] ?? {});
  return insertCells(context, table, columns, cellsOf(columns, rows), ignoreExisting);
}

/** The same of bare cells. */
export async function insertCells(
  { db, dialect }: BulkContext,
  table: keyof Database,
  columns: readonly string[],
  rows: readonly (readonly CellValue[])[],
  ignoreExisting = false,
): Promise<number> {
  return rows.length === 0 ? 0 : dialect.insertCells(db, table, columns, rows, ignoreExisting);
}

/**
 * Inserts rows into a numbered table; call it inside a transaction.
 *
 * @returns their ids, in the order given; undefined where the engine doesn't tell them
 */
export async function insertNumbered<T extends TableWithId>(
  context: BulkContext,
  table: T,
  rows: readonly BulkRow<T>[],
): Promise<readonly number[] | undefined> {
  const columns = Object.keys(rows[0] ?? {});
  return insertNumberedCells(context, table, columns, cellsOf(columns, rows));
}

/** The same of bare cells. */
export async function insertNumberedCells(
  context: BulkContext,
  table: TableWithId,
  columns: readonly string[],
  rows: readonly (readonly CellValue[])[],
): Promise<readonly number[] | undefined> {
  const { db, dialect } = context;
  if (rows.length === 0) return [];
  if (dialect.insertNumbered) return dialect.insertNumbered(db, table, columns, rows);
  await insertCells(context, table, columns, rows);
  return undefined;
}

/** Writes whole rows, found by `tenant_id` and `id`, by one statement; rows that do not exist are passed over. */
export async function updateRows<T extends keyof Database>(
  context: BulkContext,
  table: T,
  rows: readonly (BulkRow<T> & { readonly tenant_id: number; readonly id: number })[],
): Promise<void> {
  const columns = Object.keys(rows[0] ?? {});
  await updateCells(context, table, columns, cellsOf(columns, rows));
}

/** The same of bare cells; `tenant_id` and `id` are among the columns. */
export async function updateCells(
  { db, dialect }: BulkContext,
  table: keyof Database,
  columns: readonly string[],
  rows: readonly (readonly CellValue[])[],
): Promise<void> {
  if (rows.length === 0) return;
  const written = columns.filter((column) => column !== "id" && column !== "tenant_id");
  await dialect.updateFrom(table, written, dialect.tableRows(table, columns, rows)).execute(db);
}

function cellsOf(columns: readonly string[], rows: readonly Readonly<Record<string, CellValue>>[]): CellValue[][] {
  return rows.map((row) => columns.map((column) => row[column] ?? null));
}

/** Rows in pieces of at most `size`. */
export function* slicesOf<T>(rows: readonly T[], size: number): Generator<readonly T[]> {
  for (let start = 0; start < rows.length; start += size) yield rows.slice(start, start + size);
}
