import { type RawBuilder, sql } from "kysely";
import type { SqlDialect } from "./context.js";

/** Writes as SQLite and PostgreSQL both know them: RETURNING, ON CONFLICT and UPDATE … FROM. */
export const standardWrites: Pick<
  SqlDialect,
  "insertRow" | "insertIfAbsent" | "passingOver" | "replacing" | "updateFrom" | "deleteFrom" | "along"
> = {
  async insertRow(db, table, row) {
    const { rows } = await sql<{ id: number }>`${insertOf(table, row)} returning id`.execute(db);
    return rows[0]?.id ?? 0;
  },
  async insertIfAbsent(db, table, row) {
    const { numAffectedRows } = await sql`${insertOf(table, row)} on conflict do nothing`.execute(db);
    return numAffectedRows === 1n;
  },
  passingOver: { insert: sql`insert into`, end: sql`on conflict do nothing` },
  replacing(key, columns) {
    const set = columns.map((column) => sql`${sql.ref(column)} = ${sql.ref(`excluded.${column}`)}`);
    return sql`on conflict (${sql.join(key.map((column) => sql.ref(column)))}) do update set ${sql.join(set)}`;
  },
  updateFrom(table, written, source, alike = {}) {
    const set = [
      ...written.map((column) => sql`${sql.ref(column)} = ${sql.ref(`r.${column}`)}`),
      ...Object.entries(alike).map(([column, value]) => sql`${sql.ref(column)} = ${value}`),
    ];
    const target = sql.table(table);
    return sql`update ${target} set ${sql.join(set)} from ${source} as r
      where ${target}.id = r.id and ${target}.tenant_id = r.tenant_id`;
  },
  along: () => sql``,
  deleteFrom(table, key, source) {
    const columns = sql.join(key.map((column) => sql.ref(column)));
    return sql`delete from ${sql.table(table)} where (${columns}) in (select ${columns} from ${source} as r)`;
  },
};

/** An INSERT of one row, without an end. */
export function insertOf(table: string, row: object): RawBuilder<unknown> {
  const columns = Object.keys(row).map((column) => sql.ref(column));
  return sql`insert into ${sql.table(table)} (${sql.join(columns)}) values (${sql.join(Object.values(row))})`;
}

/** What a claim writes beside the lease. */
export function andAlso(also: RawBuilder<unknown> | undefined): RawBuilder<unknown> {
  return also === undefined ? sql`` : sql`, ${also}`;
}
