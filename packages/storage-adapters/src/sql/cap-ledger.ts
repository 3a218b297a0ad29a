import type { DeliveryState } from "@recallkit/core";
import { type Kysely, sql } from "kysely";
import type { Database } from "../schema/database.js";

/** States of rows that certainly were not sent. */
const NOT_SENT: readonly DeliveryState[] = ["queued", "in_batch", "failed", "suppressed", "expired", "cancelled"];

/** Enters a batch into the cap ledger, one row per delivery; a repeat moves the instant. */
export async function chargeCaps(db: Kysely<Database>, tenantId: number, batchId: number, at: number): Promise<void> {
  await sql`insert into rk_cap_ledger (tenant_id, delivery_id, customer_id, batch_id, at)
    select tenant_id, id, customer_id, batch_id, ${at} from rk_deliveries
    where tenant_id = ${tenantId} and batch_id = ${batchId} and state = 'in_batch'
    on conflict (tenant_id, delivery_id) do update set batch_id = excluded.batch_id, at = excluded.at`.execute(db);
}

/**
 * Takes out what certainly was not sent.
 *
 * The ledger remembers the batch that charged a row, since a row that went back to the queue has none any more.
 */
export async function refundCaps(db: Kysely<Database>, tenantId: number, batchId: number): Promise<void> {
  await sql`delete from rk_cap_ledger where tenant_id = ${tenantId} and batch_id = ${batchId}
    and exists (select 1 from rk_deliveries as d where d.id = rk_cap_ledger.delivery_id and d.tenant_id = ${tenantId}
      and d.state in (${sql.join(NOT_SENT)}))`.execute(db);
}
