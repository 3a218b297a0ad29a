import type { MessageCharge } from "@recallkit/core/ports";
import { sql } from "kysely";
import type { SqlContext } from "../context.js";

/**
 * Messages share the cap ledger of deliveries, so that whoever asks about a person sees both: a message stands in it under its
 * id below zero, in no batch.
 */
const NO_BATCH = 0;

/** Charges of people, who are held: of two messages to one of them the second sees the first. */
export async function chargesOfPeople(
  context: SqlContext,
  tenantId: number,
  customerIds: readonly number[],
  since: number,
): Promise<readonly { readonly customerId: number; readonly at: number }[]> {
  const { db, dialect } = context;
  if (customerIds.length === 0) return [];
  const ids = sql`${dialect.list(customerIds)}`;
  const held = dialect.holding?.exclusive;
  if (held) await sql`select id from rk_customers where id in ${ids} order by id ${held}`.execute(db);
  const { rows } = await sql<{
    customerId: number;
    at: number;
  }>`select customer_id as "customerId", at from rk_cap_ledger
    where tenant_id = ${tenantId} and customer_id in ${ids} and at >= ${since} and batch_id >= 0`.execute(db);
  return rows;
}

export async function chargeMessages(
  { db, dialect }: SqlContext,
  tenantId: number,
  charges: readonly MessageCharge[],
): Promise<void> {
  if (charges.length === 0) return;
  const columns = ["tenant_id", "delivery_id", "customer_id", "batch_id", "at"];
  const cells = charges.map(({ messageId, customerId, at }) => [tenantId, -messageId, customerId, NO_BATCH, at]);
  const names = sql.join(columns.map((column) => sql.ref(column)));
  await sql`insert into rk_cap_ledger (${names}) select ${names} from ${dialect.tableRows("rk_cap_ledger", columns, cells)} as r
    where true ${dialect.replacing(["tenant_id", "delivery_id"], ["at"])}`.execute(db);
}

export async function refundMessages(
  { db, dialect }: SqlContext,
  tenantId: number,
  ids: readonly number[],
): Promise<void> {
  if (ids.length === 0) return;
  await db
    .deleteFrom("rk_cap_ledger")
    .where("tenant_id", "=", tenantId)
    .where("delivery_id", "in", sql<number>`${dialect.list(ids.map((id) => -id))}`)
    .execute();
}
