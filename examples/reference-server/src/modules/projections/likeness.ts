import type { SqlStores } from "@recallkit/storage-adapters/sqlite";
import { readFacts } from "./facts.js";
import { gramVector, textOf } from "./ngrams.js";
import type { FactBatch } from "./ports.js";

/** A person as a point. */
export interface PersonVector {
  readonly customerId: number;
  readonly customerKey: string;
  readonly vector: readonly number[];
}

/** Most different things of a person that count for likeness. */
const MOST_THINGS = 100;

/** Points of the people whom facts are about: those named, and the buyers of orders. */
export async function vectorsOf(stores: SqlStores, batch: FactBatch): Promise<readonly PersonVector[]> {
  const { tenantId, revision } = batch;
  const known = new Set(batch.people.map(({ customerId }) => customerId));
  const buyers = [...new Set(batch.orders.map(({ customerId }) => customerId))].filter((id) => !known.has(id));
  const people = [...batch.people];
  for (let at = 0; at < buyers.length; at += 1_000) {
    const asked = { tenantId, revision, customerIds: buyers.slice(at, at + 1_000), orderIds: [] };
    people.push(...(await readFacts(stores, asked)).people);
  }
  const bought = await thingsOf(
    stores,
    tenantId,
    people.map(({ customerId }) => customerId),
  );
  return people.map((person) => {
    const things = bought.get(person.customerId) ?? [];
    const { customerId, customerKey } = person;
    return { customerId, customerKey, vector: gramVector(`${textOf(person)} ${things.join(" ")}`) };
  });
}

/** Names of what people bought. */
async function thingsOf(
  { sql }: SqlStores,
  tenantId: number,
  customerIds: readonly number[],
): Promise<ReadonlyMap<number, readonly string[]>> {
  const things = new Map<number, string[]>();
  for (let at = 0; at < customerIds.length; at += 500) {
    const rows = await sql
      .selectFrom("rk_orders as placed")
      .innerJoin("rk_order_lines as line", (join) =>
        join.onRef("line.tenant_id", "=", "placed.tenant_id").onRef("line.order_id", "=", "placed.id"),
      )
      .select(["placed.customer_id as customerId", "line.name as name"])
      .distinct()
      .where("placed.tenant_id", "=", tenantId)
      .where("placed.customer_id", "in", customerIds.slice(at, at + 500))
      .where("line.name", "is not", null)
      .orderBy("placed.customer_id")
      .orderBy("line.name")
      .execute();
    for (const { customerId, name } of rows) {
      const own = things.get(customerId) ?? [];
      if (own.length < MOST_THINGS) own.push(name ?? "");
      things.set(customerId, own);
    }
  }
  return things;
}
