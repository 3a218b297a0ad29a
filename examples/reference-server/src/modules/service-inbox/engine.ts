// What the engines say in their own words, as Kysely's adapters tell them apart.
import type { SqlStores } from "@recallkit/storage-adapters/sqlite";
import type { Insertable, Kysely, SelectQueryBuilder } from "kysely";
import { type InboxDatabase, type InboxTables, inboxTables } from "./tables.js";

/** Tables whose rows the database numbers. */
type Numbered = { [T in keyof InboxTables]: InboxTables[T] extends { id: unknown } ? T : never }[keyof InboxTables];

function adapterOf({ sql: db }: InboxDatabase) {
  const { supportsReturning, supportsTransactionalDdl } = db.getExecutor().adapter;
  return { isMysql: !supportsReturning, isSqlite: supportsReturning && !supportsTransactionalDdl };
}

/** Adds a row. @returns its id */
export async function insertNumbered<T extends Numbered>(
  database: InboxDatabase,
  table: T,
  row: Insertable<InboxTables[T]>,
): Promise<number> {
  // Kysely's types of a table that is only known by its parameter are too much for the compiler; the signature says it all.
  const db = inboxTables(database) as unknown as Kysely<{ t: { id: number } }>;
  const insert = db.insertInto(table as unknown as "t").values(row as unknown as { id: number });
  if (adapterOf(database).isMysql) {
    const { insertId } = await insert.executeTakeFirstOrThrow();
    return Number(insertId);
  }
  const { id } = await insert.returning("id").executeTakeFirstOrThrow();
  return id;
}

/** Adds a row unless its key is taken. @returns whether it was added */
export async function insertAbsent<T extends keyof InboxTables>(
  { rows }: Pick<SqlStores, "rows">,
  table: T,
  row: Insertable<InboxTables[T]>,
): Promise<boolean> {
  return (await rows.write({ name: table, key: [] }, [row as Readonly<Record<string, string | number | null>>])) === 1;
}

/** Holds the rows of a query until the transaction ends, on engines with more than one writer. */
export function held<DB, T extends keyof DB, O>(
  database: InboxDatabase,
  query: SelectQueryBuilder<DB, T, O>,
): SelectQueryBuilder<DB, T, O> {
  return adapterOf(database).isSqlite ? query : query.forUpdate();
}
