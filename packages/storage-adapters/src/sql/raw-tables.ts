import { type RawBuilder, type SqlBool, sql } from "kysely";
import type { Database } from "../schema/database.js";
import { insertRows } from "./bulk.js";
import type { CellValue, SqlContext } from "./context.js";

/** A table whose rows are moved as they are. */
export interface MovedTable {
  /** `rk_…`. */
  readonly name: string;
  /** Columns that order a tenant's rows, each row once; an index of the table begins with the tenant and these. */
  readonly key: readonly string[];
  /** The key is an id that the database gives. @default false */
  readonly isNumbered?: boolean;
}

/** A row as it is stored. */
export type RawRow = Readonly<Record<string, CellValue | Uint8Array>>;

/** Rows of tenants as they are stored, for moving them between databases. */
export interface RawTables {
  /** One page of a tenant's rows in the order of the key. @param after the last row of the page before */
  read(table: MovedTable, tenantId: number, after: RawRow | undefined, limit: number): Promise<readonly RawRow[]>;
  count(table: MovedTable, tenantId: number): Promise<number>;
  /** Adds rows with their ids; those whose key is taken are passed over. @returns rows added */
  write(table: MovedTable, rows: readonly RawRow[]): Promise<number>;
  /** Lets the database number further rows above those that are there. */
  renumber(table: MovedTable): Promise<void>;
}

/** Raw rows in SQL. */
export function rawTables(context: SqlContext): RawTables {
  const { db, dialect } = context;
  return {
    async read({ name, key }, tenantId, after, limit) {
      const beyond = after ? sql`and ${isAfter(key, after)}` : sql``;
      const { rows } = await sql<RawRow>`select * from ${sql.table(name)}
        where tenant_id = ${tenantId} ${beyond} order by ${sql.join(key.map((column) => sql.ref(column)))}
        limit ${limit}`.execute(db);
      return rows;
    },
    async count({ name }, tenantId) {
      const { rows } = await sql<{ n: number }>`select count(*) as n from ${sql.table(name)}
        where tenant_id = ${tenantId}`.execute(db);
      return rows[0]?.n ?? 0;
    },
    write: ({ name }, rows) =>
      context.atomic(async (tx) => {
        // The caller names a table of the database, perhaps one that these stores do not know.
        const table = name as "rk_changes";
        if (rows.every(hasOnlyCells)) {
          return insertRows({ db: tx, dialect }, table, rows as never, { ignoreExisting: true });
        }
        let added = 0;
        for (const row of rows) if (await dialect.insertIfAbsent(tx, table, row as never)) added++;
        return added;
      }),
    async renumber({ name, isNumbered = false }) {
      const statement = isNumbered ? dialect.renumber?.(name as keyof Database) : undefined;
      await statement?.execute(db);
    },
  };
}

/** That a row stands after another one. The first condition is for the index; the rest tells rows apart. */
function isAfter(key: readonly string[], row: RawRow): RawBuilder<SqlBool> {
  const [first = "id"] = key;
  return sql`${sql.ref(first)} >= ${row[first]} and (${later(key, row)})`;
}

function later([column = "id", ...rest]: readonly string[], row: RawRow): RawBuilder<SqlBool> {
  const greater = sql<SqlBool>`${sql.ref(column)} > ${row[column]}`;
  if (rest.length === 0) return greater;
  return sql`${greater} or (${sql.ref(column)} = ${row[column]} and (${later(rest, row)}))`;
}

function hasOnlyCells(row: RawRow): row is Readonly<Record<string, CellValue>> {
  return Object.values(row).every((value) => !(value instanceof Uint8Array));
}
