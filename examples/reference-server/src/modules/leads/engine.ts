// What the engines say in their own words, as Kysely's adapters tell them apart.
import { type Insertable, type Kysely, type SelectQueryBuilder, sql } from "kysely";
import { type LeadDatabase, type LeadTables, leadTables } from "./tables.js";

type Engine = "sqlite" | "postgres" | "mysql";

/** Which family of engines a database is of. */
function engineOf({ sql: db }: LeadDatabase): Engine {
  const { supportsReturning, supportsTransactionalDdl } = db.getExecutor().adapter;
  if (!supportsReturning) return "mysql";
  return supportsTransactionalDdl ? "postgres" : "sqlite";
}

/** Tables whose rows the database numbers. */
type Numbered = { [T in keyof LeadTables]: LeadTables[T] extends { id: unknown } ? T : never }[keyof LeadTables];

/** Adds a row. @returns its id */
export async function insertNumbered<T extends Numbered>(
  database: LeadDatabase,
  table: T,
  row: Insertable<LeadTables[T]>,
): Promise<number> {
  // Kysely's types of a table that is only known by its parameter are too much for the compiler; the signature says it all.
  const db = leadTables(database) as unknown as Kysely<{ t: { id: number } }>;
  const insert = db.insertInto(table as unknown as "t").values(row as unknown as { id: number });
  if (engineOf(database) === "mysql") {
    const { insertId } = await insert.executeTakeFirstOrThrow();
    return Number(insertId);
  }
  const { id } = await insert.returning("id").executeTakeFirstOrThrow();
  return id;
}

/** Holds the rows of a query until the transaction ends, on engines with more than one writer. */
export function held<DB, T extends keyof DB, O>(
  database: LeadDatabase,
  query: SelectQueryBuilder<DB, T, O>,
): SelectQueryBuilder<DB, T, O> {
  return engineOf(database) === "sqlite" ? query : query.forUpdate();
}

/** The same for rows that nobody else holds; the others are passed over. */
export function heldIfFree<DB, T extends keyof DB, O>(
  database: LeadDatabase,
  query: SelectQueryBuilder<DB, T, O>,
): SelectQueryBuilder<DB, T, O> {
  return engineOf(database) === "sqlite" ? query : query.forUpdate().skipLocked();
}

/** Rows of one statement; well below the number of values that an engine takes. */
const ROWS_AT_ONCE = 500;

/** Adds rows; those whose key exists have `added` added to what they hold and `written` put in its place. */
export async function addToRows<T extends keyof LeadTables>(
  database: LeadDatabase,
  table: T,
  rows: readonly Insertable<LeadTables[T]>[],
  {
    key,
    added,
    written = [],
  }: { readonly key: readonly string[]; readonly added: readonly string[]; readonly written?: readonly string[] },
): Promise<void> {
  const engine = engineOf(database);
  const fresh = (column: string) =>
    engine === "mysql" ? sql`values(${sql.ref(column)})` : sql.ref(`excluded.${column}`);
  const set = [
    ...added.map(
      (column) =>
        sql`${sql.ref(column)} = ${sql.ref(engine === "mysql" ? column : `${table}.${column}`)} + ${fresh(column)}`,
    ),
    ...written.map((column) => sql`${sql.ref(column)} = ${fresh(column)}`),
  ];
  const end =
    engine === "mysql"
      ? sql`on duplicate key update ${sql.join(set)}`
      : sql`on conflict (${sql.join(key.map((column) => sql.ref(column)))}) do update set ${sql.join(set)}`;
  const columns = Object.keys(rows[0] ?? {});
  const names = sql.join(columns.map((column) => sql.ref(column)));
  for (let at = 0; at < rows.length; at += ROWS_AT_ONCE) {
    const values = rows.slice(at, at + ROWS_AT_ONCE).map((row) => {
      // Only columns of the table are named.
      const cells = row as Readonly<Record<string, unknown>>;
      return sql`(${sql.join(columns.map((column) => cells[column]))})`;
    });
    await sql`insert into ${sql.table(table)} (${names}) values ${sql.join(values)} ${end}`.execute(database.sql);
  }
}

/** Adds rows as they are, in few statements. */
export async function insertMany<T extends keyof LeadTables>(
  database: LeadDatabase,
  table: T,
  rows: readonly Insertable<LeadTables[T]>[],
): Promise<void> {
  const db = leadTables(database) as unknown as Kysely<{ t: { id: number } }>;
  for (let at = 0; at < rows.length; at += ROWS_AT_ONCE) {
    const values = rows.slice(at, at + ROWS_AT_ONCE) as unknown as { id: number }[];
    await db
      .insertInto(table as unknown as "t")
      .values(values)
      .execute();
  }
}
