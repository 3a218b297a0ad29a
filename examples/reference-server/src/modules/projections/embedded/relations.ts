import type { SqlStores } from "@recallkit/storage-adapters/sqlite";
import { sql } from "kysely";
import type { FactBatch, ProjectionTarget, RelationGraph } from "../ports.js";
import { projectionTables } from "../tables.js";

type Edge = { readonly relation: Relation; readonly from: string; readonly to: string };
type Relation = "bought" | "treated-by" | "performed-by" | "referred-by";

/** Edges that facts say, by what says them. */
export function edgesOf({ people, orders, gonePeople, goneOrders }: Omit<FactBatch, "tenantId" | "revision">) {
  const said = new Map<string, readonly Edge[]>();
  for (const { customerId, customerKey: from, referrerKey: to } of people)
    said.set(`person:${customerId}`, to === "" ? [] : [{ relation: "referred-by", from, to }]);
  for (const { orderId, customerKey: from, projects, doctors } of orders) {
    const edges: Edge[] = from === "" ? [] : projects.map(({ key }) => ({ relation: "bought", from, to: key }));
    if (from !== "") edges.push(...doctors.map(({ key }) => ({ relation: "treated-by", from, to: key }) as const));
    for (const project of projects)
      edges.push(...doctors.map(({ key }) => ({ relation: "performed-by", from: project.key, to: key }) as const));
    said.set(`order:${orderId}`, edges);
  }
  for (const id of gonePeople) said.set(`person:${id}`, []);
  for (const id of goneOrders) said.set(`order:${id}`, []);
  return said;
}

/** Relations as rows of the ledger's own database, read by recursive statements. */
export function relationRows(stores: SqlStores): ProjectionTarget & RelationGraph {
  const counted = async (tenantId: number, relation: Relation, customerKey: string) => {
    const rows = await projectionTables(stores)
      .selectFrom("rk_relations")
      .select(({ fn }) => ["to_key as key", fn.countAll<number>().as("orders")])
      .where("tenant_id", "=", tenantId)
      .where("relation", "=", relation)
      .where("from_key", "=", customerKey)
      .groupBy("to_key")
      .orderBy(sql`orders`, "desc")
      .orderBy("to_key")
      .limit(100)
      .execute();
    return rows.map(({ key, orders }) => ({ key, orders: Number(orders) }));
  };
  return {
    name: "relations",
    async prepare() {},
    async clear() {
      await projectionTables(stores).deleteFrom("rk_relations").execute();
    },
    apply: (batch) => stores.transaction((tx) => replaceEdges(tx, batch.tenantId, edgesOf(batch))),
    ping: async () => "",
    async close() {},
    async connections(tenantId, customerKey) {
      const referrer = await projectionTables(stores)
        .selectFrom("rk_relations")
        .select("to_key as key")
        .where("tenant_id", "=", tenantId)
        .where("relation", "=", "referred-by")
        .where("from_key", "=", customerKey)
        .limit(1)
        .executeTakeFirst();
      return {
        projects: await counted(tenantId, "bought", customerKey),
        doctors: await counted(tenantId, "treated-by", customerKey),
        referrer: referrer?.key,
      };
    },
    async referrals(tenantId, customerKey, depth) {
      // Depth ends a circle of people who say that they brought each other.
      const { rows } = await sql<{
        customer_key: string;
        depth: number;
      }>`with recursive brought (customer_key, depth) as (
          select from_key, 1 from rk_relations
          where tenant_id = ${tenantId} and relation = 'referred-by' and to_key = ${customerKey}
          union
          select edge.from_key, brought.depth + 1 from brought
          join rk_relations edge on edge.tenant_id = ${tenantId} and edge.relation = 'referred-by'
            and edge.to_key = brought.customer_key
          where brought.depth < ${depth}
        )
        select customer_key, min(depth) as depth from brought where customer_key <> ${customerKey}
        group by customer_key order by depth, customer_key limit 1000`.execute(stores.sql);
      return rows.map(({ customer_key: key, depth: at }) => ({ customerKey: key, depth: Number(at) }));
    },
  };
}

async function replaceEdges(
  tx: SqlStores,
  tenantId: number,
  said: ReadonlyMap<string, readonly Edge[]>,
): Promise<void> {
  const tables = projectionTables(tx);
  const all = [...said];
  for (let at = 0; at < all.length; at += 500) {
    const part = all.slice(at, at + 500);
    await tables
      .deleteFrom("rk_relations")
      .where("tenant_id", "=", tenantId)
      .where(
        "via",
        "in",
        part.map(([via]) => via),
      )
      .execute();
    const rows = part.flatMap(([via, edges]) =>
      edges.map(({ relation, from, to }, number) => {
        return { tenant_id: tenantId, via, number, relation, from_key: from, to_key: to };
      }),
    );
    for (let from = 0; from < rows.length; from += 500)
      await tables
        .insertInto("rk_relations")
        .values(rows.slice(from, from + 500))
        .execute();
  }
}
