import type { SqlStores } from "@recallkit/storage-adapters/sqlite";
import { repeatIfTaken } from "../../frame/repeat-if-taken.js";

// A type and not an interface: Kysely wants an index signature, which only types imply.
type LimitTables = {
  rk_request_counts: { counter: string; hits: number; expires_at: number };
};

/** Hits of one counter that others do not know yet. */
export interface NewHits {
  /** Hash of the caller and the window. */
  readonly counter: string;
  readonly hits: number;
  readonly expiresAt: number;
}

/** Adds hits and reads what all processes have counted together; counters that expired before `now` go. */
export async function exchangeHits(
  stores: SqlStores,
  news: readonly NewHits[],
  now: number,
): Promise<ReadonlyMap<string, number>> {
  return stores.transaction(async (tx) => {
    const db = tx.sql.withTables<LimitTables>();
    await db.deleteFrom("rk_request_counts").where("expires_at", "<=", now).execute();
    const totals = new Map<string, number>();
    // In one order, so that two processes do not wait for each other.
    for (const { counter, hits, expiresAt } of news.toSorted((a, b) => (a.counter < b.counter ? -1 : 1))) {
      const { numUpdatedRows } = await db
        .updateTable("rk_request_counts")
        .set((set) => ({ hits: set("hits", "+", hits) }))
        .where("counter", "=", counter)
        .executeTakeFirst();
      if (numUpdatedRows === 0n) {
        const row = { counter, hits, expires_at: expiresAt };
        await repeatIfTaken(() => db.insertInto("rk_request_counts").values(row).execute());
        totals.set(counter, hits);
        continue;
      }
      const row = await db
        .selectFrom("rk_request_counts")
        .select("hits")
        .where("counter", "=", counter)
        .executeTakeFirstOrThrow();
      totals.set(counter, row.hits);
    }
    return totals;
  });
}
