import { type RawBuilder, sql } from "kysely";
import type { Database } from "../schema/database.js";
import { slicesOf } from "../sql/bulk.js";
import { isConstraintError } from "../sql/constraint-error.js";
import type { CellValue, SqlDialect } from "../sql/context.js";
import { assertStorable, jsonRecords } from "../sql/json-parameter.js";
import { andAlso, standardWrites } from "../sql/standard-writes.js";

/** A statement takes 65 535 parameters. */
const MOST_VALUES = 10_000;
/** Of an INSERT: few statements of a few hundred KB. */
const ROWS_PER_STATEMENT = 5_000;

/** What PostgreSQL does in its own way: long lists travel as arrays, rows as JSON, a claim skips what others hold. */
export const postgresSqlDialect: SqlDialect = {
  joinsSubqueries: true,
  list(values, of = "numbers") {
    // The values themselves: a subquery becomes a join, which is made in the order in which joins are written.
    if (values.length > 0 && values.length <= MOST_VALUES) return sql`(${sql.join(values)})`;
    const isText = values.length > 0 ? typeof values[0] === "string" : of === "texts";
    return sql`(select unnest(${arrayOf(values)}::${sql.raw(isText ? "text[]" : "int8[]")}))`;
  },
  // One parameter: reading a thousand of them takes the server longer than the look-up.
  isAmong: (column, values) =>
    sql`${sql.ref(column)} = any(${arrayOf(values)}::${sql.raw(typeof values[0] === "string" ? "text[]" : "int8[]")})`,
  rows(columns, rows) {
    const names = Object.keys(columns);
    const types = Object.entries(columns).map(
      ([name, type]) => sql`${sql.ref(name)} ${sql.raw(type === "integer" ? "int8" : 'text collate "C"')}`,
    );
    return sql`(select ${refs(names)}
      from jsonb_to_recordset(${jsonRecords(names, rows)}::jsonb) as cells(${sql.join(types)}))`;
  },
  tableRows: (table, columns, rows) => sql`(select ${refs(columns)}
    from jsonb_populate_recordset(null::${sql.table(table)}, ${jsonRecords(columns, rows)}::jsonb))`,
  insertCells: async (db, table, columns, rows, ignoreExisting) => {
    let added = 0;
    for (const slice of slicesOf(rows, ROWS_PER_STATEMENT)) {
      const end = ignoreExisting ? sql`on conflict do nothing` : sql``;
      const { numAffectedRows } = await sql`${insertOfArrays(table, columns, slice)} ${end}`.execute(db);
      added += Number(numAffectedRows ?? 0);
    }
    return added;
  },
  async insertNumbered(db, table, columns, rows) {
    const ids: number[] = [];
    for (const slice of slicesOf(rows, ROWS_PER_STATEMENT)) {
      const { rows: added } = await sql<{ id: number }>`${insertOfArrays(table, columns, slice)} returning id`.execute(
        db,
      );
      // Rows are numbered one after the other, as they come.
      ids.push(...added.map(({ id }) => id).sort((a, b) => a - b));
    }
    return ids;
  },
  async claim(db, table, due, { owner, until, limit, also }) {
    // Materialized: it is asked once, also where a row has changed since this statement began.
    const { rows } = await sql<{
      id: number;
    }>`with due as materialized (${due} limit ${limit} for update of b skip locked)
      update ${sql.table(table)} as t
      set lease_owner = ${owner}, lease_until = ${until}, lease_epoch = t.lease_epoch + 1 ${andAlso(also)}
      from due where t.id = due.id returning t.id`.execute(db);
    return rows.map(({ id }) => id);
  },
  ...standardWrites,
  renumber: (
    table,
  ) => sql`select setval(pg_get_serial_sequence(tableoid::regclass::text, 'id'), max(id)) from ${sql.table(table)}
    group by tableoid`,
  holding: { shared: sql`for share`, exclusive: sql`for update` },
  brokenKey: (error) => (isConstraintError(error, "unique") ? error.columns : undefined),
};

/**
 * An INSERT of rows that travel column by column: taking JSON apart takes longer than writing.
 *
 * A column without any value is written as NULL, which is of every type.
 */
function insertOfArrays(
  table: keyof Database,
  columns: readonly string[],
  rows: readonly (readonly CellValue[])[],
): RawBuilder<unknown> {
  const given = columns.flatMap((name, index) => {
    const cells = rows.map((row) => row[index] ?? null);
    const type = arrayType(cells);
    return type ? [{ name, array: sql`${arrayOf(cells)}::${sql.raw(type)}` }] : [];
  });
  const values = columns.map((name) => (given.some((one) => one.name === name) ? sql.ref(`r.${name}`) : sql`null`));
  return sql`insert into ${sql.table(table)} (${refs(columns)}) select ${sql.join(values)}
    from unnest(${sql.join(given.map(({ array }) => array))}) as r(${refs(given.map(({ name }) => name))})`;
}

function arrayType(cells: readonly CellValue[]): string | undefined {
  let type: string | undefined;
  for (const cell of cells) {
    if (cell === null) continue;
    assertStorable(cell);
    if (typeof cell === "string") return "text[]";
    if (!Number.isInteger(cell)) type = "numeric[]";
    else type ??= "int8[]";
  }
  return type;
}

/** An array in PostgreSQL's own text form, as one parameter. */
function arrayOf(values: readonly CellValue[]): RawBuilder<unknown> {
  const cells = values.map((value) => (typeof value === "string" ? quoted(value) : String(value ?? "NULL")));
  return sql`${`{${cells.join(",")}}`}`;
}

function quoted(text: string): string {
  return `"${/[\\"]/.test(text) ? text.replace(/[\\"]/g, "\\$&") : text}"`;
}

function refs(columns: readonly string[]): RawBuilder<unknown> {
  return sql.join(columns.map((column) => sql.ref(column)));
}
