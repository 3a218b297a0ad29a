import type { SqlStores } from "@recallkit/storage-adapters/sqlite";
import { vectorsOf } from "../likeness.js";
import { cosine } from "../ngrams.js";
import type { ProjectionTarget, SimilarCustomers } from "../ports.js";
import { projectionTables } from "../tables.js";

/** People of one page while the likest are looked for. */
const PAGE = 1_000;

/** Likeness by vectors in the ledger's own database; a question walks the tenant's people, page by page. */
export function similarRows(stores: SqlStores): ProjectionTarget & SimilarCustomers {
  return {
    name: "similar",
    async prepare() {},
    async clear() {
      await projectionTables(stores).deleteFrom("rk_similar_vectors").execute();
    },
    async apply(batch) {
      const { tenantId } = batch;
      const vectors = await vectorsOf(stores, batch);
      const rows = vectors.map(({ customerId, customerKey, vector }) => {
        return { tenant_id: tenantId, customer_id: customerId, customer_key: customerKey, grams: packed(vector) };
      });
      const ids = [...rows.map((row) => row.customer_id), ...batch.gonePeople];
      await stores.transaction(async (tx) => {
        const tables = projectionTables(tx);
        for (let at = 0; at < ids.length; at += 500)
          await tables
            .deleteFrom("rk_similar_vectors")
            .where("tenant_id", "=", tenantId)
            .where("customer_id", "in", ids.slice(at, at + 500))
            .execute();
        for (let at = 0; at < rows.length; at += 200)
          await tables
            .insertInto("rk_similar_vectors")
            .values(rows.slice(at, at + 200))
            .execute();
      });
    },
    ping: async () => "",
    async close() {},
    async similarTo(tenantId, customerKey, limit) {
      const tables = projectionTables(stores);
      const own = await tables
        .selectFrom("rk_similar_vectors")
        .select(["customer_id", "grams"])
        .where("tenant_id", "=", tenantId)
        .where("customer_key", "=", customerKey)
        .executeTakeFirst();
      if (!own) return [];
      const vector = unpacked(own.grams);
      let best: { readonly customerKey: string; readonly similarity: number }[] = [];
      for (let after = 0; ; ) {
        const page = await tables
          .selectFrom("rk_similar_vectors")
          .select(["customer_id", "customer_key", "grams"])
          .where("tenant_id", "=", tenantId)
          .where("customer_id", ">", after)
          .orderBy("customer_id")
          .limit(PAGE)
          .execute();
        const found = page
          .filter((row) => row.customer_id !== own.customer_id)
          .map((row) => ({ customerKey: row.customer_key, similarity: cosine(vector, unpacked(row.grams)) }))
          .filter(({ similarity }) => similarity > 0);
        best = [...best, ...found]
          .sort((a, b) => b.similarity - a.similarity || (a.customerKey < b.customerKey ? -1 : 1))
          .slice(0, limit);
        const last = page.at(-1);
        if (!last || page.length < PAGE) return best;
        after = last.customer_id;
      }
    },
  };
}

/** Places that are not zero, with their values to 4 digits. */
function packed(vector: readonly number[]): string {
  return JSON.stringify(vector.flatMap((value, at) => (value === 0 ? [] : [[at, Math.round(value * 1e4) / 1e4]])));
}

function unpacked(grams: string): readonly number[] {
  // What this module wrote.
  const pairs: readonly (readonly [number, number])[] = JSON.parse(grams);
  const vector: number[] = [];
  for (const [at, value] of pairs) vector[at] = value;
  return Array.from({ length: 256 }, (_, at) => vector[at] ?? 0);
}
