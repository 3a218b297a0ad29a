import type { SqlStores } from "@recallkit/storage-adapters/sqlite";

// A type and not an interface: Kysely wants an index signature, which only types imply.
type BounceTables = {
  rk_bounces: {
    tenant_id: number;
    provider_message_id: string;
    address: string;
    kind: string;
    reason: string;
    received_at: number;
  };
};

export type BounceRow = BounceTables["rk_bounces"];

/** Adds rows; those that are there stay as they are. @returns how many were new */
export async function addBounces({ rows }: Pick<SqlStores, "rows">, bounces: readonly BounceRow[]): Promise<number> {
  return rows.write({ name: "rk_bounces", key: [] }, bounces);
}

/** What came back of mails, by their ids. */
export async function findBounces(
  { sql }: Pick<SqlStores, "sql">,
  tenantId: number,
  ids: readonly string[],
): Promise<readonly BounceRow[]> {
  if (ids.length === 0) return [];
  return sql
    .withTables<BounceTables>()
    .selectFrom("rk_bounces")
    .selectAll()
    .where("tenant_id", "=", tenantId)
    .where("provider_message_id", "in", [...ids])
    .execute();
}

/** Removes what came before an instant, of all tenants. @returns how many rows */
export async function removeOldBounces({ sql }: Pick<SqlStores, "sql">, before: number): Promise<number> {
  const { numDeletedRows } = await sql
    .withTables<BounceTables>()
    .deleteFrom("rk_bounces")
    .where("received_at", "<", before)
    .executeTakeFirst();
  return Number(numDeletedRows);
}
