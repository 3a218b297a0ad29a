import type { ProductFigures } from "@recallkit/core";
import { type ConversionQuery, DEFAULT_ATTRIBUTION_WINDOW_MS, type Period } from "@recallkit/core/ports";
import { type RawBuilder, type SqlBool, sql } from "kysely";
import { isCounted } from "../audience/counted-orders.js";
import type { SqlDialect } from "../context.js";
import { ALWAYS, type CreditedOrders, isChosen, isLastTouch, linesOf, periodRows, sumsOf } from "./conversion-sql.js";

/** How long after a touch credits are kept; reports over a longer window do without them. */
export const KEPT_WINDOW_MS = DEFAULT_ATTRIBUTION_WINDOW_MS;

/** That credits were last found with another touch of a delivery `d` than its present one. */
export function isUncredited({ uncredited }: SqlDialect): RawBuilder<SqlBool> {
  return uncredited ?? sql`d.touched_at is distinct from d.credited_touch`;
}

/** Removes the credits of people. */
export function forgetCredits(tenantId: number, customerIds: readonly number[], dialect: SqlDialect) {
  return sql`delete from rk_credited_orders
    where tenant_id = ${tenantId} and customer_id in ${dialect.list(customerIds)}`;
}

/** Adds the credits of people: orders within the longest window after a touch, whatever their status, with no later touch before them. */
export function findCredits(tenantId: number, customerIds: readonly number[], dialect: SqlDialect) {
  return sql`insert into rk_credited_orders (tenant_id, occurrence_id, order_id, delivery_id, channel, customer_id, touched_at,
      ordered_at, amount_minor, refunded_minor, refunded_at, uncounted_from, status)
    select d.tenant_id, d.occurrence_id, o.id, d.id, d.channel, d.customer_id, d.touched_at,
      o.ordered_at, o.amount_minor, o.refunded_minor, o.refunded_at, o.uncounted_from, o.status
    from rk_deliveries as d ${dialect.along("rk_deliveries_touch")} cross join rk_occurrences as oc cross join rk_orders as o
    where d.tenant_id = ${tenantId} and d.customer_id in ${dialect.list(customerIds)} and d.touched_at is not null
      and oc.id = d.occurrence_id and oc.kind <> 'test'
      and o.tenant_id = ${tenantId} and o.customer_id = d.customer_id
      and o.ordered_at >= d.touched_at and o.ordered_at < d.touched_at + ${sql.lit(KEPT_WINDOW_MS)}
      and ${isLastTouch(tenantId)}`;
}

/** Whose orders these are, and whose they were when they were last credited. */
export function customersOfOrders(
  tenantId: number,
  orderIds: readonly number[],
  dialect: SqlDialect,
): RawBuilder<{ id: number }> {
  const ids = dialect.list(orderIds);
  return sql`select customer_id as id from rk_orders where tenant_id = ${tenantId} and id in ${ids}
    union select customer_id from rk_credited_orders where tenant_id = ${tenantId} and order_id in ${ids}`;
}

/** The credits of a report in the place of a search for them: orders `o` of the report's occurrences `oc` in periods `p`. */
function keptCredits(query: ConversionQuery, periods: readonly Period[], dialect: SqlDialect) {
  const { tenantId, windowMs, channel } = query;
  return {
    tables: sql`${periodRows(periods, dialect)} cross join rk_occurrences as oc cross join rk_credited_orders as o`,
    condition: sql<SqlBool>`oc.due_at >= p.starts_at and oc.due_at < p.ends_at and ${isChosen(query, dialect)}
      and o.tenant_id = ${tenantId} and o.occurrence_id = oc.id
      and ${channel === undefined ? sql`1 = 1` : sql`o.channel = ${channel}`}
      and o.ordered_at < o.touched_at + ${windowMs} and ${isCounted(query)}`,
  };
}

/** What a query over credits says, if these are those of the ledger at the same moment; else one row that says that they are not. */
export type IfCurrent<R> = { readonly [K in keyof R]: R[K] | null } & { readonly isCurrent: number };

/** Sums of the credits that are kept. */
export function keptOrders(
  query: ConversionQuery,
  periods: readonly Period[],
  dialect: SqlDialect,
): RawBuilder<IfCurrent<CreditedOrders>> {
  const sums = sumsOf(query, keptCredits(query, periods, dialect));
  return sql`select known."isCurrent", found.* from (select ${isCurrent(query.tenantId, dialect)} as "isCurrent") as known
    left join (${sums}) as found on known."isCurrent" = 1`;
}

/** What they bought. */
export function keptProducts(
  query: ConversionQuery,
  limit: number,
  dialect: SqlDialect,
): RawBuilder<IfCurrent<ProductFigures>> {
  const { tables, condition } = keptCredits(query, [ALWAYS], dialect);
  const products = linesOf(query, { tables, condition, orderId: sql`o.order_id` }, limit);
  return sql`select known."isCurrent", found.* from (select ${isCurrent(query.tenantId, dialect)} as "isCurrent") as known
    left join (${products}) as found on known."isCurrent" = 1
    order by found."amountMinor" desc, coalesce(found.sku, ''), coalesce(found.name, '')`;
}

/** How far the roll-up of a tenant is; no row: there is none. */
export function rollUpNow(
  tenantId: number,
  dialect: SqlDialect,
): RawBuilder<{ readonly revision: number; readonly isCurrent: number }> {
  return sql`select u.revision, ${isCurrent(tenantId, dialect)} as "isCurrent" from rk_roll_ups as u
    where u.tenant_id = ${tenantId}`;
}

/**
 * 1: the credits are what the ledger says at the moment of the statement. In the order of the index that holds such deliveries
 * alone, lest a planner with old statistics looks for one among all.
 */
function isCurrent(tenantId: number, dialect: SqlDialect): RawBuilder<number> {
  return sql`case when exists (select 1 from rk_roll_ups as r cross join rk_tenants as t
      where r.tenant_id = ${tenantId} and r.cleared_to is null and t.id = ${tenantId} and t.revision = r.revision)
    and (select d.id from rk_deliveries as d where d.tenant_id = ${tenantId} and ${isUncredited(dialect)}
      order by d.customer_id limit 1) is null
    then 1 else 0 end`;
}
