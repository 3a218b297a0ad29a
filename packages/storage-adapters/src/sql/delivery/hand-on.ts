import type { DeliveryState } from "@recallkit/core";
import { HANDED_ON_REASONS, type HandedOn, type HandOn, KEPT_REFUSALS } from "@recallkit/core/ports";
import { type Kysely, type RawBuilder, type SqlBool, sql } from "kysely";
import type { Database } from "../../schema/database.js";
import type { SqlContext } from "../context.js";

/** Most people of a batch, or of a page of a snapshot. */
const MOST = 10_000;

/** Enters people who ended for a later channel: three statements. @returns people handed on */
export function handOn(
  context: Pick<SqlContext, "atomic" | "dialect">,
  tenantId: number,
  { from, to, addressType, at }: HandOn,
): Promise<number> {
  const { dialect } = context;
  const ended = "batchId" in from ? sql`rk_deliveries as d ${dialect.along("rk_deliveries_batch")}` : DELIVERIES;
  const isEnded = sql<SqlBool>`d.tenant_id = ${tenantId} and ${isOf(from)} and (${IS_TO_HAND_ON}) and d.handed_to is null`;
  return context.atomic(async (tx) => {
    await sql`${dialect.passingOver.insert} rk_deliveries
        (tenant_id, occurrence_id, rule_id, customer_id, channel, address, state, updated_at)
      select d.tenant_id, d.occurrence_id, d.rule_id, d.customer_id, ${to}, i.value, 'queued', ${at}
      from ${ended} cross join rk_customer_identities as i
      where ${isEnded} and i.tenant_id = ${tenantId} and i.customer_id = d.customer_id and i.type = ${addressType}
        and not exists (select 1 from rk_deliveries as x where x.tenant_id = ${tenantId}
          and x.occurrence_id = d.occurrence_id and x.address = i.value and x.channel = ${to})
      order by d.customer_id
      ${dialect.passingOver.end}`.execute(tx);
    const taken = sql`(select d.id, d.tenant_id, n.channel as handed_to
      from ${ended} cross join rk_deliveries as n
      where ${isEnded} and n.tenant_id = ${tenantId} and n.occurrence_id = d.occurrence_id and n.channel = ${to}
        and n.customer_id = d.customer_id
      limit ${sql.lit(MOST)})`;
    const { numAffectedRows } = await dialect.updateFrom("rk_deliveries", ["handed_to"], taken).execute(tx);
    if ("batchId" in from) await uncharge(tx, dialect, tenantId, from.batchId);
    return Number(numAffectedRows ?? 0);
  });
}

const DELIVERIES = sql`rk_deliveries as d`;

function isOf(from: HandOn["from"]): RawBuilder<unknown> {
  if ("batchId" in from) return sql`d.batch_id = ${from.batchId}`;
  const { occurrenceId, channel, afterId, throughId } = from;
  return sql`d.occurrence_id = ${occurrenceId} and d.channel = ${channel} and d.state = 'suppressed'
    and d.customer_id > ${afterId} and d.customer_id <= ${throughId}`;
}

/** `isToHandOn` of the row `d`. */
const IS_TO_HAND_ON = sql.join(
  [
    sql`(d.state = 'failed' and (d.reason is null or d.reason not in (${sql.join(KEPT_REFUSALS)})))`,
    ...Object.entries(HANDED_ON_REASONS).map(
      ([state, reasons]) => sql`(d.state = ${state} and d.reason in (${sql.join(reasons)}))`,
    ),
  ],
  sql` or `,
);

/** Whoever was handed on got nothing. */
async function uncharge(
  db: Kysely<Database>,
  dialect: SqlContext["dialect"],
  tenantId: number,
  batchId: number,
): Promise<void> {
  const handed = sql`(select distinct l.tenant_id, l.delivery_id from rk_cap_ledger as l
      ${dialect.along("rk_cap_ledger_batch")} cross join rk_deliveries as d
    where l.tenant_id = ${tenantId} and l.batch_id = ${batchId}
      and d.id = l.delivery_id and d.tenant_id = ${tenantId} and d.handed_to is not null)`;
  await dialect.deleteFrom("rk_cap_ledger", ["tenant_id", "delivery_id"], handed).execute(db);
}

/** People of an occurrence who were handed on, in groups; found by an index, so that nobody else costs anything. */
export async function handedOn(
  { db, dialect }: Pick<SqlContext, "db" | "dialect">,
  tenantId: number,
  occurrenceId: number,
): Promise<readonly HandedOn[]> {
  const { rows } = await sql<{
    channel: string;
    to: string;
    state: DeliveryState;
    reason: string | null;
    people: number;
  }>`select channel, handed_to as "to", state, reason, count(*) as people
    from rk_deliveries ${dialect.along("rk_deliveries_handed")}
    where tenant_id = ${tenantId} and occurrence_id = ${occurrenceId} and handed_to > ''
    group by channel, handed_to, state, reason`.execute(db);
  return rows;
}
