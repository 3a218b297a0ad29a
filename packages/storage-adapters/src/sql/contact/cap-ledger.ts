import { NOT_SENT_DELIVERY_STATES } from "@recallkit/core/ports";
import { type Kysely, sql } from "kysely";
import type { Database } from "../../schema/database.js";
import type { SqlDialect } from "../context.js";

/**
 * Enters a batch into the cap ledger, one row per delivery; a repeat moves the instant. What counts against no cap, but against what
 * the provider delivers, stands in it under its batch's id below zero.
 */
export async function chargeCaps(
  { db, dialect }: { readonly db: Kysely<Database>; readonly dialect: SqlDialect },
  tenantId: number,
  batchId: number,
  at: number,
  counts?: "quota",
): Promise<void> {
  const charged = counts === "quota" ? sql`-batch_id` : sql`batch_id`;
  await sql`insert into rk_cap_ledger (tenant_id, delivery_id, customer_id, batch_id, at)
    select tenant_id, id, customer_id, ${charged}, ${at} from rk_deliveries
    ${dialect.along("rk_deliveries_batch")}
    where tenant_id = ${tenantId} and batch_id = ${batchId} and state = 'in_batch'
    ${dialect.replacing(["tenant_id", "delivery_id"], ["batch_id", "at"])}`.execute(db);
}

/**
 * Takes out what certainly was not sent.
 *
 * The ledger remembers the batch that charged a row, since a row that went back to the queue has none any more.
 */
export async function refundCaps(
  { db, dialect }: { readonly db: Kysely<Database>; readonly dialect: SqlDialect },
  tenantId: number,
  batchId: number,
): Promise<void> {
  // The rows are found by a select of its own: left to a delete, SQLite's planner walks the tenant's whole ledger. One for each way
  // in which a batch stands in it, since no planner looks for either of two ids by the index.
  const charged = (id: number) => sql`select distinct l.tenant_id, l.delivery_id from rk_cap_ledger as l
      ${dialect.along("rk_cap_ledger_batch")} cross join rk_deliveries as d
    where l.tenant_id = ${tenantId} and l.batch_id = ${id}
      and d.id = l.delivery_id and d.tenant_id = ${tenantId} and d.state in (${sql.join(NOT_SENT_DELIVERY_STATES)})`;
  const unsent = sql`(${charged(batchId)} union all ${charged(-batchId)})`;
  await dialect.deleteFrom("rk_cap_ledger", ["tenant_id", "delivery_id"], unsent).execute(db);
}
