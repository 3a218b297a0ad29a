import { CompiledQuery, type RawBuilder, sql } from "kysely";
import type { Database } from "../schema/database.js";
import { slicesOf } from "../sql/bulk.js";
import { isConstraintError } from "../sql/constraint-error.js";
import type { CellValue, SqlDialect } from "../sql/context.js";
import { assertStorable, jsonParameter } from "../sql/json-parameter.js";
import { andAlso, insertOf } from "../sql/standard-writes.js";
import { lockFree } from "./lock-free.js";

/** Of an INSERT: its text stays far below what a server takes as one packet. */
const ROWS_PER_STATEMENT = 500;

const COLLATION = { mysql: "utf8mb4_0900_bin", mariadb: "utf8mb4_nopad_bin" } as const;

/** What MySQL and MariaDB do in their own way, in SQL that both read. */
export function mysqlSqlDialect(engine: "mysql" | "mariadb"): SqlDialect {
  const text = `longtext character set utf8mb4 collate ${COLLATION[engine]}`;

  function jsonRows(
    columns: readonly { readonly name: string; readonly type: string }[],
    rows: readonly (readonly CellValue[])[],
  ): RawBuilder<unknown> {
    const cells = columns.map(
      ({ name, type }, index) => sql`${sql.ref(name)} ${sql.raw(type)} path ${sql.lit(`$[${index}]`)}`,
    );
    return sql`(select ${sql.join(columns.map(({ name }) => sql.ref(name)))}
      from json_table(${jsonParameter(rows)}, '$[*]' columns (${sql.join(cells)})) as j)`;
  }

  return {
    // The values themselves: the planner walks an index along them, which it does not along a table made from JSON.
    list: (values) => (values.length === 0 ? sql`(select null from dual where 1 = 0)` : sql`(${sql.join(values)})`),
    isAmong: (column, values) => sql`${sql.ref(column)} in (${sql.join(values)})`,
    rows: (columns, rows) =>
      jsonRows(
        Object.entries(columns).map(([name, type]) => ({ name, type: type === "integer" ? "bigint" : text })),
        rows,
      ),
    tableRows: (_, columns, rows) =>
      jsonRows(
        columns.map((name, index) => ({ name, type: cellType(rows, index) ?? text })),
        rows,
      ),
    async insertCells(db, table, columns, rows, ignoreExisting) {
      let added = 0;
      for (const slice of slicesOf(rows, ROWS_PER_STATEMENT)) {
        const { numAffectedRows } = await db.executeQuery(insertOfValues(table, columns, slice, ignoreExisting));
        added += Number(numAffectedRows ?? 0);
      }
      return added;
    },
    async insertNumbered(db, table, columns, rows) {
      const ids: number[] = [];
      for (const slice of slicesOf(rows, ROWS_PER_STATEMENT)) {
        await db.executeQuery(insertOfValues(table, columns, slice, false));
        // The rows of one INSERT … VALUES are numbered in a row, in steps that a cluster may have made wider.
        const { rows: told } = await sql<{ first: number; step: number }>`
          select last_insert_id() as first, @@auto_increment_increment as step`.execute(db);
        const { first = 0, step = 1 } = told[0] ?? {};
        ids.push(...slice.map((_, index) => first + index * step));
      }
      return ids;
    },
    async insertRow(db, table, row) {
      const { insertId } = await insertOf(table, row).execute(db);
      return Number(insertId ?? 0);
    },
    async insertIfAbsent(db, table, row) {
      try {
        await insertOf(table, row).execute(db);
        return true;
      } catch (error) {
        // The transaction goes on: only the statement was undone.
        if (isConstraintError(error, "unique")) return false;
        throw error;
      }
    },
    // IGNORE would also cut a text that does not fit. Rows of such inserts are numbers and copies of columns as wide; rows
    // from another engine are compared after the copy.
    passingOver: { insert: sql`insert ignore into`, end: sql`` },
    replacing(_, columns) {
      const set = columns.map((column) => sql`${sql.ref(column)} = values(${sql.ref(column)})`);
      return sql`on duplicate key update ${sql.join(set)}`;
    },
    updateFrom(table, written, source, alike = {}) {
      const set = [
        ...written.map((column) => sql`t.${sql.ref(column)} = ${sql.ref(`r.${column}`)}`),
        ...Object.entries(alike).map(([column, value]) => sql`t.${sql.ref(column)} = ${value}`),
      ];
      // From the source to the rows by their key: a walk through the table would wait for rows that others hold.
      return sql`update ${source} as r straight_join ${sql.table(table)} as t force index (primary)
        on t.id = r.id and t.tenant_id = r.tenant_id set ${sql.join(set)}`;
    },
    // Of a column, since an index can't be limited to some rows.
    uncredited: sql`d.is_uncredited = 1`,
    joinsSubqueries: true,
    along: (index) => sql`force index (${sql.ref(index)})`,
    // As joins: given a subquery, an UPDATE or DELETE of one table looks at each of its rows.
    deleteFrom(table, key, source) {
      const isSame = key.map((column) => sql`t.${sql.ref(column)} = ${sql.ref(`r.${column}`)}`);
      return sql`delete t from ${source} as r straight_join ${sql.table(table)} as t force index (primary)
        on ${sql.join(isSame, sql` and `)}`;
    },
    async claim(db, table, due, { owner, until, limit, also }) {
      const ids = await lockFree(db, table, due, limit);
      if (ids.length === 0) return ids;
      await sql`update ${sql.table(table)}
        set lease_owner = ${owner}, lease_until = ${until}, lease_epoch = lease_epoch + 1 ${andAlso(also)}
        where id in (${sql.join(ids)})`.execute(db);
      return ids;
    },
    holding: { shared: sql`lock in share mode`, exclusive: sql`for update` },
    brokenKey: (error) => (isConstraintError(error, "unique") ? error.columns : undefined),
  };
}

/** An INSERT of rows as values: taking JSON apart takes longer than writing. The text is made here, not by a query builder. */
function insertOfValues(
  table: keyof Database,
  columns: readonly string[],
  rows: readonly (readonly CellValue[])[],
  ignoreExisting: boolean,
): CompiledQuery {
  const names = columns.map((column) => `\`${column}\``).join(", ");
  const row = `(${columns.map(() => "?").join(", ")})`;
  const values = rows.flat();
  values.forEach(assertStorable);
  const insert = ignoreExisting ? "insert ignore into" : "insert into";
  return CompiledQuery.raw(
    `${insert} \`${table}\` (${names}) values ${Array(rows.length).fill(row).join(", ")}`,
    values,
  );
}

/** The type of numbers in a column; undefined for text. */
function cellType(rows: readonly (readonly CellValue[])[], index: number): string | undefined {
  const cells = rows.map((row) => row[index]).filter((cell) => cell !== null);
  if (cells.length === 0 || cells.some((cell) => typeof cell !== "number")) return undefined;
  return cells.every(Number.isInteger) ? "bigint" : "double";
}
