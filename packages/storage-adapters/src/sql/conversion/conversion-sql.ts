import type { ProductFigures } from "@recallkit/core";
import type { ConversionQuery, Period } from "@recallkit/core/ports";
import { type RawBuilder, type SqlBool, sql } from "kysely";
import { isCounted } from "../audience/counted-orders.js";
import type { SqlDialect } from "../context.js";
import { holdsText } from "../rule/name-search.js";

// Tables stand in the order in which they are to be read and are joined by CROSS JOIN, which SQLite's planner keeps.

/** The one period of a report that has none. Its own bounds stand in its conditions. */
export const ALWAYS: Period = { from: Number.MIN_SAFE_INTEGER, to: Number.MAX_SAFE_INTEGER };

/** That an occurrence `oc` belongs to the report. */
export function isChosen(query: ConversionQuery, dialect: SqlDialect): RawBuilder<SqlBool> {
  const { tenantId, ruleIds, occurrenceId, search, from, to, pushesAsOf } = query;
  const conditions = [sql`oc.tenant_id = ${tenantId}`, sql`oc.kind <> 'test'`];
  if (ruleIds) conditions.push(sql`oc.rule_id in ${dialect.list(ruleIds)}`);
  if (occurrenceId !== undefined) conditions.push(sql`oc.id = ${occurrenceId}`);
  if (from !== undefined) conditions.push(sql`oc.due_at >= ${from}`);
  if (to !== undefined) conditions.push(sql`oc.due_at < ${to}`);
  if (pushesAsOf !== undefined) conditions.push(sql`oc.due_at < ${pushesAsOf}`);
  if (search) {
    conditions.push(sql`oc.rule_id in (select r.id from rk_rules as r
      where r.tenant_id = ${tenantId} and ${holdsText(sql`r.name_search`, search)})`);
  }
  return sql`${sql.join(conditions, sql` and `)}`;
}

/** That a delivery `d` is over the report's channel. */
function isOverChannel({ channel }: ConversionQuery): RawBuilder<SqlBool> {
  return channel === undefined ? sql`1 = 1` : sql`d.channel = ${channel}`;
}

/** Periods as a table `p`. */
export function periodRows(periods: readonly Period[], dialect: SqlDialect): RawBuilder<unknown> {
  const rows = periods.map(({ from, to }, index) => [index, from, to]);
  return sql`${dialect.rows({ period: "integer", starts_at: "integer", ends_at: "integer" }, rows)} as p`;
}

/** Deliveries `d` of the report's occurrences `oc`, each in its period `p`. */
export function chosenDeliveries(query: ConversionQuery, periods: readonly Period[], dialect: SqlDialect) {
  const period = periodRows(periods, dialect);
  const tables = sql`${period} cross join rk_occurrences as oc cross join rk_deliveries as d`;
  const condition = sql<SqlBool>`oc.due_at >= p.starts_at and oc.due_at < p.ends_at and ${isChosen(query, dialect)}
    and d.tenant_id = ${query.tenantId} and d.occurrence_id = oc.id and ${isOverChannel(query)}`;
  return { period, tables, condition };
}

/** First and last instant at which an occurrence of the report with deliveries was due. */
export function firstAndLastDue(
  query: ConversionQuery,
  dialect: SqlDialect,
): RawBuilder<{ first: number | null; last: number | null }> {
  return sql`select min(oc.due_at) as first, max(oc.due_at) as last from rk_occurrences as oc
    where ${isChosen(query, dialect)} and exists (select 1 from rk_deliveries as d
      where d.tenant_id = ${query.tenantId} and d.occurrence_id = oc.id)`;
}

/** People by the best state of their deliveries: 1 delivered … 5 unknown, 6 nothing of it. */
export function peopleByBestState(
  query: ConversionQuery,
  periods: readonly Period[],
  dialect: SqlDialect,
): RawBuilder<{ period: number; best: number; n: number }> {
  const { tables, condition } = chosenDeliveries(query, periods, dialect);
  const state = query.pushesAsOf === undefined ? sql`d.state` : stateAsOf(query.pushesAsOf);
  // A key of one number sorts faster; the one period has the number 0.
  const [period, key] = periods.length === 1 ? [sql`0`, sql``] : [sql`p.period`, sql`p.period,`];
  return sql`select period, best, count(*) as n from (
    select ${period} as period, min(case ${state} when 'delivered' then 1 when 'accepted' then 2 when 'not_delivered' then 3
      when 'failed' then 4 when 'unknown' then 5 when 'needs_review' then 5 else 6 end) as best
    from ${tables} where ${condition} group by ${key} d.customer_id
  ) as people group by period, best`;
}

/** The state of a delivery `d` as it was known before an instant: what `outcomeAsOf` says of it. */
function stateAsOf(at: number): RawBuilder<string> {
  return sql`case when d.state = 'delivered' and coalesce(d.delivered_at, d.accepted_at) < ${at} then d.state
    when d.state not in ('delivered', 'accepted') and d.updated_at < ${at} then d.state
    when d.accepted_at < ${at} then 'accepted' else 'in_batch' end`;
}

/** Touched deliveries as they were known before an instant, each with the touch of the same person that follows. */
function touchesAsOf(tenantId: number, at: number): RawBuilder<unknown> {
  return sql`(select known.*,
      lead(touched_at) over (partition by customer_id order by touched_at, id) as next_touch
    from (select d.id, d.tenant_id, d.occurrence_id, d.customer_id, d.channel,
        case ${stateAsOf(at)} when 'delivered' then coalesce(d.delivered_at, d.accepted_at)
          when 'accepted' then d.accepted_at end as touched_at
      from rk_deliveries as d cross join rk_occurrences as t
      where d.tenant_id = ${tenantId} and t.id = d.occurrence_id and t.kind <> 'test' and t.due_at < ${at}) as known
    where touched_at is not null)`;
}

/**
 * Orders `o` whose newest touch is a chosen delivery.
 *
 * Found from the deliveries: an order within the window after the touch, and no later touch before the order. A newer
 * touch whose window is over would mean that the older one's is over too, so the window is asked of one touch only. As of an
 * instant that is over, touches are not those that the index has: all of the tenant's are put in order first.
 */
export function credited(query: ConversionQuery, periods: readonly Period[], dialect: SqlDialect) {
  const { tenantId, windowMs, pushesAsOf } = query;
  const { period, tables, condition } = chosenDeliveries(query, periods, dialect);
  const isInWindow = sql`${condition} and d.touched_at is not null
      and o.tenant_id = ${tenantId} and o.customer_id = d.customer_id
      and o.ordered_at >= d.touched_at and o.ordered_at < d.touched_at + ${windowMs} and ${isCounted(query)}`;
  if (pushesAsOf !== undefined) {
    return {
      // A table without an index stands in front, and the periods behind whatever makes rows fewer.
      tables: sql`${touchesAsOf(tenantId, pushesAsOf)} as d cross join rk_occurrences as oc cross join rk_orders as o
        cross join ${period}`,
      condition: sql<SqlBool>`${isInWindow} and (d.next_touch is null or o.ordered_at < d.next_touch)`,
    };
  }
  const isCredited = sql<SqlBool>`${isInWindow} and ${isLastTouch(tenantId)}`;
  if (isOfAll(query) && periods.length === 1) {
    return {
      // Person by person, so that touches and orders are read in the order of their indexes; rows only of touches with an order.
      tables: sql`rk_deliveries as d ${dialect.along("rk_deliveries_touch")} cross join rk_orders as o
        cross join rk_occurrences as oc cross join ${period}`,
      condition: sql<SqlBool>`d.customer_id > 0 and ${isCredited}`,
    };
  }
  return { tables: sql`${tables} cross join rk_orders as o`, condition: isCredited };
}

/** That nothing narrows the pushes of a report. */
function isOfAll({ ruleIds, occurrenceId, search, from, to }: ConversionQuery): boolean {
  return [ruleIds, occurrenceId, from, to].every((narrower) => narrower === undefined) && !search;
}

/** That no touch of the person lies between a delivery `d` and an order `o` after it. */
export function isLastTouch(tenantId: number): RawBuilder<SqlBool> {
  return sql`not exists (select 1 from rk_deliveries as later
    where later.tenant_id = ${tenantId} and later.customer_id = d.customer_id
    and later.touched_at >= d.touched_at and later.touched_at <= o.ordered_at
    and (later.touched_at > d.touched_at or later.id > d.id)
    and not exists (select 1 from rk_occurrences as t where t.id = later.occurrence_id and t.kind = 'test'))`;
}

export interface CreditedOrders {
  period: number;
  orders: number;
  buyers: number;
  revenueMinor: number;
  refundedMinor: number;
}

/** Sums of the credited orders by period. */
export function creditedOrders(
  query: ConversionQuery,
  periods: readonly Period[],
  dialect: SqlDialect,
): RawBuilder<CreditedOrders> {
  return sumsOf(query, credited(query, periods, dialect));
}

/** Sums of orders `o` by period `p`. */
export function sumsOf({ asOf }: ConversionQuery, { tables, condition }: Credits): RawBuilder<CreditedOrders> {
  return sql`select p.period, count(*) as orders, count(distinct o.customer_id) as buyers,
      coalesce(sum(o.amount_minor), 0) as "revenueMinor",
      coalesce(sum(case when o.refunded_at is null or o.refunded_at < ${asOf} then o.refunded_minor else 0 end), 0)
        as "refundedMinor"
    from ${tables} where ${condition} group by p.period`;
}

/** Orders `o` that are credited, by period `p`: what stands behind FROM and WHERE. */
export interface Credits {
  readonly tables: RawBuilder<unknown>;
  readonly condition: RawBuilder<SqlBool>;
}

/** Lines of the credited orders by SKU, without one by name. */
export function productsBought(query: ConversionQuery, limit: number, dialect: SqlDialect): RawBuilder<ProductFigures> {
  return linesOf(query, { ...credited(query, [ALWAYS], dialect), orderId: sql`o.id` }, limit);
}

/** Lines of orders `o` by SKU, without one by name. */
export function linesOf(
  { tenantId }: ConversionQuery,
  { tables, condition, orderId }: Credits & { readonly orderId: RawBuilder<number> },
  limit: number,
): RawBuilder<ProductFigures> {
  return sql`select l.sku, max(l.name) as name, sum(l.quantity) as quantity, count(distinct ${orderId}) as orders,
      count(distinct o.customer_id) as buyers, sum(l.amount_minor) as "amountMinor"
    from ${tables} cross join rk_order_lines as l
    where ${condition} and l.tenant_id = ${tenantId} and l.order_id = ${orderId}
    group by l.sku, case when l.sku is null then l.name end
    order by sum(l.amount_minor) desc, coalesce(l.sku, ''), coalesce(max(l.name), '') limit ${limit}`;
}
