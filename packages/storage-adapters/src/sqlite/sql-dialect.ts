import { type RawBuilder, sql } from "kysely";
import { insertCells } from "../sql/bulk.js";
import { isConstraintError } from "../sql/constraint-error.js";
import type { CellValue, SqlDialect } from "../sql/context.js";
import { jsonParameter } from "../sql/json-parameter.js";
import { andAlso, standardWrites } from "../sql/standard-writes.js";

/** What SQLite does in its own way: lists and rows travel as one JSON text, a claim is one UPDATE with RETURNING. */
export const sqliteSqlDialect: SqlDialect = {
  list: (values) => sql`(select value from json_each(${jsonParameter(values)}))`,
  rows: (columns, rows) => derivedTable(Object.keys(columns), rows),
  async insertNumbered(db, table, columns, rows) {
    await insertCells({ db, dialect: sqliteSqlDialect }, table, columns, rows);
    // One connection writes at a time, and the numbers that it gives rise by one.
    const found = await sql<{ last: number }>`select max(id) as last from ${sql.table(table)}`.execute(db);
    const first = (found.rows[0]?.last ?? 0) - rows.length + 1;
    return rows.map((_, index) => first + index);
  },
  tableRows: (_, columns, rows) => derivedTable(columns, rows),
  async claim(db, table, due, { owner, until, limit, also }) {
    const { rows } = await sql<{ id: number }>`update ${sql.table(table)}
      set lease_owner = ${owner}, lease_until = ${until}, lease_epoch = lease_epoch + 1 ${andAlso(also)}
      where id in (select id from (${due} limit ${limit}) as due) returning id`.execute(db);
    return rows.map(({ id }) => id);
  },
  ...standardWrites,
  brokenKey: (error) => (isConstraintError(error, "unique") ? error.columns : undefined),
};

// The cells keep the types that they have in JSON.
function derivedTable(columns: readonly string[], rows: readonly (readonly CellValue[])[]): RawBuilder<unknown> {
  const cells = columns.map((column, index) => sql`value ->> ${sql.lit(index)} as ${sql.ref(column)}`);
  return sql`(select ${sql.join(cells)} from json_each(${jsonParameter(rows)}))`;
}
