// What the engines say in their own words, as Kysely's adapters tell them apart.
import { type Insertable, type Kysely, sql } from "kysely";
import { type RevisitDatabase, type RevisitTables, revisitTables } from "./tables.js";

/** Rows of one statement; well below the number of values that an engine takes. */
const ROWS_AT_ONCE = 500;

/** Adds rows; those whose key is taken stay as they are. */
export async function insertAbsent<T extends keyof RevisitTables>(
  database: RevisitDatabase,
  table: T,
  rows: readonly Insertable<RevisitTables[T]>[],
): Promise<void> {
  // Kysely's types of a table that is only known by its parameter are too much for the compiler; the signature says it all.
  const db = revisitTables(database) as unknown as Kysely<{ t: { tenant_id: number } }>;
  const isMysql = !db.getExecutor().adapter.supportsReturning;
  for (let at = 0; at < rows.length; at += ROWS_AT_ONCE) {
    const values = rows.slice(at, at + ROWS_AT_ONCE) as unknown as { tenant_id: number }[];
    const insert = db.insertInto(table as unknown as "t").values(values);
    const quiet = isMysql
      ? insert.onDuplicateKeyUpdate({ tenant_id: sql`tenant_id` })
      : insert.onConflict((conflict) => conflict.doNothing());
    await quiet.execute();
  }
}
