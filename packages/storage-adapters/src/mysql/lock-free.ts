import { type Kysely, type RawBuilder, sql } from "kysely";
import type { Database } from "../schema/database.js";
import { jsonParameter } from "../sql/json-parameter.js";

/** Rows looked at for one that is wanted: more whenever others hold all of those that were looked at. */
const WIDTHS = [1, 4, 16] as const;

/**
 * Locks rows that nobody holds; call it inside a READ COMMITTED transaction.
 *
 * Two statements: a query with an order may lock every row that it sorts, and those of the tables that it joins. So the
 * first reads without locking, and the second locks along the primary key what has neither been claimed nor moved meanwhile.
 *
 * @param due a query for `id`, `state` and `epoch`, in order and without a limit
 */
export async function lockFree(
  db: Kysely<Database>,
  table: "rk_occurrences" | "rk_batches" | "rk_messages",
  due: RawBuilder<unknown>,
  limit: number,
): Promise<readonly number[]> {
  for (const width of WIDTHS) {
    const found = await sql<{ id: number; state: string; epoch: number }>`${due} limit ${limit * width}`.execute(db);
    if (found.rows.length === 0) return [];
    const seen = jsonParameter(found.rows.map(({ id, state, epoch }) => [id, epoch, state]));
    const locked = await sql<{ id: number }>`select t.id
      from json_table(${seen}, '$[*]' columns (id bigint path '$[0]', epoch bigint path '$[1]',
        state varchar(32) character set ascii path '$[2]')) as r
      straight_join ${sql.table(table)} as t force index (primary) on t.id = r.id and t.lease_epoch = r.epoch and t.state = r.state
      limit ${limit} for update skip locked`.execute(db);
    if (locked.rows.length > 0 || found.rows.length < limit * width) return locked.rows.map(({ id }) => id);
  }
  return [];
}
