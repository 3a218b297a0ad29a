import { CompiledQuery, type RawBuilder, sql } from "kysely";
import type { Database } from "../schema/database.js";
import { insertCells, slicesOf } from "../sql/bulk.js";
import { isConstraintError } from "../sql/constraint-error.js";
import type { CellValue, SqlDialect } from "../sql/context.js";
import { jsonParameter } from "../sql/json-parameter.js";
import { andAlso, standardWrites } from "../sql/standard-writes.js";

/** Keeps each statement well under 50 ms, for which it holds up the process. */
const ROWS_PER_STATEMENT = 500;

/** What SQLite does in its own way: lists and rows travel as one JSON text, a claim is one UPDATE with RETURNING. */
export const sqliteSqlDialect: SqlDialect = {
  list: (values) => sql`(select value from json_each(${jsonParameter(values)}))`,
  isAmong: (column, values) => sql`${sql.ref(column)} in ${sqliteSqlDialect.list(values)}`,
  rows: (columns, rows) => derivedTable(Object.keys(columns), rows),
  async insertCells(db, table, columns, rows, ignoreExisting) {
    const text = insertOfJson(table, columns, ignoreExisting);
    let added = 0;
    for (const slice of slicesOf(rows, ROWS_PER_STATEMENT)) {
      const { numAffectedRows } = await db.executeQuery(CompiledQuery.raw(text, [jsonParameter(slice)]));
      added += Number(numAffectedRows ?? 0);
    }
    return added;
  },
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

/** An INSERT of rows that travel as one JSON text. The text is made here: a query builder takes longer than its rows. */
function insertOfJson(table: keyof Database, columns: readonly string[], ignoreExisting: boolean): string {
  const cells = columns.map((_, index) => `value ->> ${index}`);
  // "where true" tells the parser that ON CONFLICT is not a join condition.
  const end = ignoreExisting ? "where true on conflict do nothing" : "";
  return `insert into "${table}" ("${columns.join('", "')}") select ${cells} from json_each(?) ${end}`;
}
