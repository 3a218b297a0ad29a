// What the engines say in their own words, as Kysely's adapters tell them apart.
import { type Insertable, type Kysely, sql } from "kysely";
import { type DeskDatabase, type DeskTables, deskTables } from "./tables.js";

/** Tables whose rows the database numbers. */
type Numbered = { [T in keyof DeskTables]: DeskTables[T] extends { id: unknown } ? T : never }[keyof DeskTables];

function isMysql({ sql: db }: DeskDatabase): boolean {
  return !db.getExecutor().adapter.supportsReturning;
}

/** Adds a row. @returns its id */
export async function insertNumbered<T extends Numbered>(
  database: DeskDatabase,
  table: T,
  row: Insertable<DeskTables[T]>,
): Promise<number> {
  // Kysely's types of a table that is only known by its parameter are too much for the compiler; the signature says it all.
  const db = deskTables(database) as unknown as Kysely<{ t: { id: number } }>;
  const insert = db.insertInto(table as unknown as "t").values(row as unknown as { id: number });
  if (isMysql(database)) {
    const { insertId } = await insert.executeTakeFirstOrThrow();
    return Number(insertId);
  }
  const { id } = await insert.returning("id").executeTakeFirstOrThrow();
  return id;
}

/** Rows of one statement; well below the number of values that an engine takes. */
const ROWS_AT_ONCE = 500;

/** Adds rows as they are, in few statements. */
export async function insertMany<T extends keyof DeskTables>(
  database: DeskDatabase,
  table: T,
  rows: readonly Insertable<DeskTables[T]>[],
): Promise<void> {
  const db = deskTables(database) as unknown as Kysely<{ t: { tenant_id: number } }>;
  for (let at = 0; at < rows.length; at += ROWS_AT_ONCE) {
    const values = rows.slice(at, at + ROWS_AT_ONCE) as unknown as { tenant_id: number }[];
    await db
      .insertInto(table as unknown as "t")
      .values(values)
      .execute();
  }
}

/** Adds a row unless its key is taken. */
export async function insertAbsent<T extends keyof DeskTables>(
  database: DeskDatabase,
  table: T,
  row: Insertable<DeskTables[T]>,
): Promise<void> {
  const db = deskTables(database) as unknown as Kysely<{ t: { tenant_id: number } }>;
  const insert = db.insertInto(table as unknown as "t").values(row as unknown as { tenant_id: number });
  const quiet = isMysql(database)
    ? insert.onDuplicateKeyUpdate({ tenant_id: sql`tenant_id` })
    : insert.onConflict((conflict) => conflict.doNothing());
  await quiet.execute();
}
