/** Rows after which the statistics of a table are taken for the first time; then at each doubling. */
const FIRST_ROWS = 1_000;

/** Watches how tables grow, so that the planner learns of a bulk load before autovacuum comes round. */
export interface TableGrowth {
  /** Takes note of a statement and the rows that it wrote. */
  note(sql: string, rows: number): void;
  /** Tables that have grown enough since; each is named once per growth. */
  due(): readonly string[];
}

/** Counts what this process inserts, by table. */
export function tableGrowth(): TableGrowth {
  const tables = new Map<string, { rows: number; next: number }>();
  return {
    note(sql, rows) {
      const [, table] = /^insert into "?(rk_\w+)/i.exec(sql) ?? [];
      if (table === undefined || rows === 0) return;
      const known = tables.get(table) ?? { rows: 0, next: FIRST_ROWS };
      tables.set(table, { ...known, rows: known.rows + rows });
    },
    due() {
      const grown = [...tables].filter(([, { rows, next }]) => rows >= next);
      for (const [table, { rows }] of grown) tables.set(table, { rows, next: 2 * rows });
      return grown.map(([table]) => table);
    },
  };
}
