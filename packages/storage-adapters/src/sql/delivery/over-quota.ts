import type { DeliveryState } from "@recallkit/core";
import type { QuotaPolicy } from "@recallkit/core/ports";
import { sql } from "kysely";
import type { SqlContext } from "../context.js";

/** Rows of a batch whose people have, or may still get, as many messages of the channel as they can receive, these left out. */
export async function overQuotaOf(
  { db, dialect }: Pick<SqlContext, "db" | "dialect">,
  tenantId: number,
  batchId: number,
  state: DeliveryState,
  { since, oldest, max }: QuotaPolicy,
): Promise<readonly number[]> {
  const { rows } = await sql<{ id: number }>`select d.id from rk_deliveries as d ${dialect.along("rk_deliveries_batch")}
    where d.tenant_id = ${tenantId} and d.batch_id = ${batchId} and d.state = ${state}
      and (select count(*) from rk_cap_ledger as l cross join rk_deliveries as o
        where l.tenant_id = ${tenantId} and l.customer_id = d.customer_id and l.at >= ${oldest} and l.delivery_id <> d.id
          and o.tenant_id = ${tenantId} and o.id = l.delivery_id and o.channel = d.channel and o.state <> 'not_delivered'
          and (o.state <> 'delivered' or o.delivered_at is null or o.delivered_at >= ${since})) >= ${max}`.execute(db);
  return rows.map(({ id }) => id);
}
