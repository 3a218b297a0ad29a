import { type Insertable, sql } from "kysely";
import type { Database } from "../schema/database.js";
import type { CellValue, SqlContext } from "./context.js";

/** A row of a table whose columns all fit into JSON. */
type BulkRow<T extends keyof Database> = Insertable<Database[T]> & Readonly<Record<string, CellValue>>;

/**
 * Inserts rows of equal columns by one statement, in the order given.
 *
 * @param options `ignoreExisting`: rows whose key exists are left as they are
 * @returns rows inserted
 */
export async function insertRows<T extends keyof Database>(
  { db, dialect }: Pick<SqlContext, "db" | "dialect">,
  table: T,
  rows: readonly BulkRow<T>[],
  { ignoreExisting = false }: { readonly ignoreExisting?: boolean } = {},
): Promise<number> {
  const columns = Object.keys(rows[0] ?? {});
  if (columns.length === 0) return 0;
  const names = sql.join(columns.map((column) => sql.ref(column)));
  const source = dialect.rows(columns, cellsOf(columns, rows));
  // "where true" tells SQLite's parser that ON CONFLICT is not a join condition.
  const conflict = ignoreExisting ? sql`on conflict do nothing` : sql``;
  const insert = sql`insert into ${sql.table(table)} (${names}) select ${names} from ${source} as r where true ${conflict}`;
  const { numAffectedRows } = await insert.execute(db);
  return Number(numAffectedRows ?? 0);
}

/** Writes whole rows, found by `tenant_id` and `id`, by one statement; rows that do not exist are passed over. */
export async function updateRows<T extends keyof Database>(
  { db, dialect }: Pick<SqlContext, "db" | "dialect">,
  table: T,
  rows: readonly (BulkRow<T> & { readonly tenant_id: number; readonly id: number })[],
): Promise<void> {
  const columns = Object.keys(rows[0] ?? {});
  if (columns.length === 0) return;
  const written = columns.filter((column) => column !== "id" && column !== "tenant_id");
  const set = sql.join(written.map((column) => sql`${sql.ref(column)} = ${sql.ref(`r.${column}`)}`));
  const target = sql.table(table);
  await sql`update ${target} set ${set} from ${dialect.rows(columns, cellsOf(columns, rows))} as r
    where ${target}.id = r.id and ${target}.tenant_id = r.tenant_id`.execute(db);
}

function cellsOf(columns: readonly string[], rows: readonly Readonly<Record<string, CellValue>>[]): CellValue[][] {
  return rows.map((row) => columns.map((column) => row[column] ?? null));
}
