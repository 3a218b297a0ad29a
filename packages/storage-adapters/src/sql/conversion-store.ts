import type { ConversionQuery, ConversionStore } from "@recallkit/core";
import { type RawBuilder, type SqlBool, sql } from "kysely";
import { isCounted } from "./audience-sql.js";
import type { SqlContext, SqlDialect } from "./context.js";

/** Conversion figures by two set-based statements: people by state, credited orders. */
export function conversionStore({ db, dialect, heavy }: SqlContext): ConversionStore {
  return {
    async figures(query) {
      const chosen = isChosen(query, dialect);
      const [people, orders] = [peopleByBestState(chosen), creditedOrders(query, chosen)];
      const counts = await heavy<{ best: number; n: number }>({ compile: () => people.compile(db) });
      const [credited] = await heavy<CreditedOrders>({ compile: () => orders.compile(db) });
      const withBest = (best: number) => counts.find((row) => row.best === best)?.n ?? 0;
      return {
        delivered: withBest(1),
        waiting: withBest(2),
        notDelivered: withBest(3),
        failed: withBest(4),
        unknown: withBest(5),
        audience: counts.reduce((sum, row) => sum + row.n, 0),
        ...(credited ?? { orders: 0, buyers: 0, revenueMinor: 0, refundedMinor: 0 }),
      };
    },
  };
}

interface CreditedOrders {
  orders: number;
  buyers: number;
  revenueMinor: number;
  refundedMinor: number;
}

/** That an occurrence `oc` and its deliveries `d` belong to the report. */
function isChosen(query: ConversionQuery, dialect: SqlDialect): RawBuilder<SqlBool> {
  const { tenantId, ruleIds, occurrenceId, from, to } = query;
  const conditions = [sql`oc.tenant_id = ${tenantId}`];
  if (ruleIds) conditions.push(sql`oc.rule_id in ${dialect.list(ruleIds)}`);
  if (occurrenceId !== undefined) conditions.push(sql`oc.id = ${occurrenceId}`);
  if (from !== undefined) conditions.push(sql`oc.due_at >= ${from}`);
  if (to !== undefined) conditions.push(sql`oc.due_at < ${to}`);
  conditions.push(sql`d.tenant_id = ${tenantId}`, sql`d.occurrence_id = oc.id`);
  return sql`${sql.join(conditions, sql` and `)}`;
}

function peopleByBestState(chosen: RawBuilder<SqlBool>): RawBuilder<{ best: number; n: number }> {
  return sql`select best, count(*) as n from (
    select min(case d.state when 'delivered' then 1 when 'accepted' then 2 when 'not_delivered' then 3
      when 'failed' then 4 when 'unknown' then 5 when 'needs_review' then 5 else 6 end) as best
    from rk_occurrences as oc cross join rk_deliveries as d where ${chosen} group by d.customer_id
  ) as people group by best`;
}

/**
 * Orders whose newest touch is a chosen delivery.
 *
 * Found from the deliveries: an order within the window after the touch, and no later touch before the order. A newer
 * touch whose window is over would mean that the older one's is over too, so the window is asked of one touch only.
 */
function creditedOrders(query: ConversionQuery, chosen: RawBuilder<SqlBool>): RawBuilder<CreditedOrders> {
  const { tenantId, windowMs, asOf } = query;
  return sql`select count(*) as orders, count(distinct o.customer_id) as buyers,
      coalesce(sum(o.amount_minor), 0) as "revenueMinor",
      coalesce(sum(case when o.refunded_at is null or o.refunded_at < ${asOf} then o.refunded_minor else 0 end), 0)
        as "refundedMinor"
    from rk_occurrences as oc cross join rk_deliveries as d cross join rk_orders as o
    where ${chosen} and d.touched_at is not null
      and o.tenant_id = ${tenantId} and o.customer_id = d.customer_id
      and o.ordered_at >= d.touched_at and o.ordered_at < d.touched_at + ${windowMs} and ${isCounted(query)}
      and not exists (select 1 from rk_deliveries as later
        where later.tenant_id = ${tenantId} and later.customer_id = d.customer_id
        and later.touched_at >= d.touched_at and later.touched_at <= o.ordered_at
        and (later.touched_at > d.touched_at or later.id > d.id))`;
}
