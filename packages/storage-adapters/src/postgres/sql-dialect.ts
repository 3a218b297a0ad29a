import { type RawBuilder, sql } from "kysely";
import { isConstraintError } from "../sql/constraint-error.js";
import type { SqlDialect } from "../sql/context.js";
import { jsonRecords } from "../sql/json-parameter.js";
import { andAlso, standardWrites } from "../sql/standard-writes.js";

/** A statement takes 65 535 parameters. */
const MOST_VALUES = 10_000;

/** What PostgreSQL does in its own way: long lists travel as arrays, rows as JSON, a claim skips what others hold. */
export const postgresSqlDialect: SqlDialect = {
  list(values, of = "numbers") {
    // The values themselves: a subquery becomes a join, which is made in the order in which joins are written.
    if (values.length > 0 && values.length <= MOST_VALUES) return sql`(${sql.join(values)})`;
    const isText = values.length > 0 ? typeof values[0] === "string" : of === "texts";
    return sql`(select unnest(${arrayOf(values)}::${sql.raw(isText ? "text[]" : "int8[]")}))`;
  },
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

/** An array in PostgreSQL's own text form, as one parameter. */
function arrayOf(values: readonly (string | number)[]): RawBuilder<unknown> {
  const cells = values.map((value) => (typeof value === "number" ? String(value) : quoted(value)));
  return sql`${`{${cells.join(",")}}`}`;
}

function quoted(text: string): string {
  return `"${text.replace(/[\\"]/g, "\\$&")}"`;
}

function refs(columns: readonly string[]): RawBuilder<unknown> {
  return sql.join(columns.map((column) => sql.ref(column)));
}
