import type { ConversionQuery, FunnelCounts, FunnelPerson, FunnelStepName } from "@recallkit/core/ports";
import { type RawBuilder, type SqlBool, sql } from "kysely";
import type { SqlDialect } from "../context.js";
import { chosenDeliveries, credited } from "./conversion-sql.js";

const ALWAYS = [{ from: Number.MIN_SAFE_INTEGER, to: Number.MAX_SAFE_INTEGER }];

/** Claims `c` of the person of a delivery `d` by a link of its push. */
const OWN_CLAIMS = sql`from rk_claims as c where c.tenant_id = d.tenant_id and c.customer_id = d.customer_id
  and exists (select 1 from rk_links as lc where lc.id = c.link_id and lc.occurrence_id = d.occurrence_id
    and lc.channel = d.channel)`;
const HAS_CLAIM = sql<SqlBool>`exists (select 1 ${OWN_CLAIMS})`;

/** What tells that a delivery `d` with its link `l` came to a step; orders are found apart. */
const REACHED: Readonly<Record<Exclude<FunnelStepName, "ordered">, RawBuilder<SqlBool>>> = {
  sent: sql`d.state in ('accepted', 'delivered', 'not_delivered', 'failed')`,
  accepted: sql`d.state in ('accepted', 'delivered', 'not_delivered')`,
  delivered: sql`d.state = 'delivered'`,
  viewed: sql`(l.first_viewed_at is not null or ${HAS_CLAIM})`,
  clicked: sql`(l.first_clicked_at is not null or ${HAS_CLAIM})`,
  claimed: HAS_CLAIM,
  redeemed: sql`exists (select 1 ${OWN_CLAIMS} and c.state = 'redeemed')`,
};

const LINK = sql`left join rk_links as l on l.tenant_id = d.tenant_id and l.delivery_id = d.id`;

/** People by how far they came, of all channels together or by channel. */
export function peopleBySteps(
  query: ConversionQuery,
  { isByChannel }: { readonly isByChannel: boolean },
  dialect: SqlDialect,
): RawBuilder<FunnelCounts> {
  const { tables, condition } = chosenDeliveries(query, ALWAYS, dialect);
  const steps = Object.entries(REACHED);
  const flag = (is: RawBuilder<SqlBool>, name: string) =>
    sql`max(case when ${is} then 1 else 0 end) as ${sql.ref(name)}`;
  const flags = sql.join([
    ...steps.map(([step, is]) => flag(is, step)),
    flag(sql`d.state in ('unknown', 'needs_review')`, "unsure"),
  ]);
  const sums = sql.join(steps.map(([step]) => sql`sum(${sql.ref(step)}) as ${sql.ref(step)}`));
  const channel = isByChannel ? sql`d.channel` : sql`null`;
  const by = isByChannel ? sql`d.channel, d.customer_id` : sql`d.customer_id`;
  const groups = isByChannel ? sql`group by channel order by channel` : sql``;
  return sql`select ${isByChannel ? sql`channel` : sql`null`} as channel, count(*) as audience, ${sums},
      sum(case when unsure = 1 and sent = 0 then 1 else 0 end) as "unknown"
    from (select ${channel} as channel, d.customer_id, ${flags} from ${tables} ${LINK} where ${condition} group by ${by})
      as people ${groups}`;
}

/** Deliveries of a step, or those to whom was sent and who did not come to it, after an id. */
export function peopleOfStep(
  query: ConversionQuery,
  { step, reached }: { readonly step: FunnelStepName; readonly reached: boolean },
  { afterId, limit }: { readonly afterId: number; readonly limit: number },
  dialect: SqlDialect,
): RawBuilder<FunnelPerson> {
  const { tables, condition } = chosenDeliveries(query, ALWAYS, dialect);
  const is = step === "ordered" ? ordered(query, dialect) : REACHED[step];
  const chosen = reached ? is : step === "sent" ? sql`not (${is})` : sql`${REACHED.sent} and not (${is})`;
  return sql`select d.id as "deliveryId", d.customer_id as "customerId", cu.external_key as "externalKey",
      d.occurrence_id as "occurrenceId", d.channel, d.state, d.reason, d.accepted_at as "acceptedAt",
      d.delivered_at as "deliveredAt", l.first_viewed_at as "viewedAt", l.first_clicked_at as "clickedAt",
      (select min(c.claimed_at) ${OWN_CLAIMS}) as "claimedAt"
    from ${tables} cross join rk_customers as cu ${LINK}
    where ${condition} and cu.tenant_id = d.tenant_id and cu.id = d.customer_id and d.id > ${afterId} and ${chosen}
    order by d.id limit ${limit}`;
}

/** That an order is credited to a delivery `d`. */
function ordered(query: ConversionQuery, dialect: SqlDialect): RawBuilder<SqlBool> {
  const { tables, condition } = credited(query, ALWAYS, dialect);
  return sql`d.id in (select d.id from ${tables} where ${condition})`;
}
