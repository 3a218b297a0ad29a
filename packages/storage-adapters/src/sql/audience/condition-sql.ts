import type {
  AudienceCondition,
  AudienceQuery,
  BirthdayMatch,
  ConsentMatch,
  EngagementMatch,
  OrdersMatch,
  ProductMatch,
  Range,
  ReachableMatch,
} from "@recallkit/core/ports";
import { type RawBuilder, type SqlBool, sql } from "kysely";
import type { SqlDialect } from "../context.js";
import { conjunction, isCounted, labelOf } from "./counted-orders.js";

// Every condition is about customer `c`, of whom only the id is there.

/** What window, labels and attributes come to; the conditions know of them through this alone. */
export type BasicSql = (
  part: Pick<AudienceQuery, "window" | "labelGroups" | "attributes">,
) => readonly RawBuilder<SqlBool>[];

/** That customer `c` meets a condition. */
export function meets(
  condition: AudienceCondition,
  query: AudienceQuery,
  dialect: SqlDialect,
  basic: BasicSql,
): RawBuilder<SqlBool> {
  const inside = (of: readonly AudienceCondition[]) => of.map((one) => meets(one, query, dialect, basic));
  switch (condition.kind) {
    case "all":
      return sql`(${conjunction(inside(condition.of))})`;
    case "any":
      return anyOf(inside(condition.of));
    case "none":
      return sql`not ${anyOf(inside(condition.of))}`;
    case "basic":
      return sql`(${conjunction(basic(condition))})`;
    case "people":
      return sql`c.id in ${dialect.list(condition.customerIds)}`;
    case "orders":
      return haveOrders(condition, query);
    case "products":
      return hasBought(condition, query, dialect);
    case "birthday":
      return isBornOn(condition, query, dialect);
    case "reachable":
      return isReachable(condition, query);
    case "consent":
      return hasSaid(condition, query);
    case "engagement":
      return happened(condition, query, dialect);
  }
}

function anyOf(conditions: readonly RawBuilder<SqlBool>[]): RawBuilder<SqlBool> {
  return conditions.length === 0 ? sql`(1 = 0)` : sql`(${sql.join(conditions, sql` or `)})`;
}

/** That a value lies in a range. */
function isIn(value: RawBuilder<unknown>, { min, max }: Range): readonly RawBuilder<SqlBool>[] {
  return [
    ...(min === undefined ? [] : [sql<SqlBool>`${value} >= ${min}`]),
    ...(max === undefined ? [] : [sql<SqlBool>`${value} <= ${max}`]),
  ];
}

/** One walk over the person's orders for all that is asked of them. */
function haveOrders(match: OrdersMatch, query: AudienceQuery): RawBuilder<SqlBool> {
  return sql`(select case when ${ordersAre(match, query)} then 1 else 0 end from rk_orders as o
    where o.tenant_id = ${query.tenantId} and o.customer_id = c.id and ${isCounted(query.orders)}) = 1`;
}

/** Ids of the people whose orders are what is asked for, by one walk along the orders; undefined: people without orders may be too. */
export function buyersWhose(match: OrdersMatch, query: AudienceQuery): RawBuilder<unknown> | undefined {
  const { count, totalMinor, firstOrder, averageGapMs, overdue } = match;
  const needsOrder = (count?.min ?? 0) > 0 || (totalMinor?.min ?? 0) > 0 || firstOrder || averageGapMs || overdue;
  if (!needsOrder) return undefined;
  return sql`select o.customer_id as id from rk_orders as o where o.tenant_id = ${query.tenantId}
    and ${isCounted(query.orders)} group by o.customer_id having ${ordersAre(match, query)}`;
}

/** What is asked of all orders of a person together. */
function ordersAre(match: OrdersMatch, { orders }: AudienceQuery): RawBuilder<SqlBool> {
  const { count, totalMinor, firstOrder, averageGapMs, overdue } = match;
  const { asOf } = orders;
  const span = sql`(max(o.ordered_at) - min(o.ordered_at))`;
  const conditions: RawBuilder<SqlBool>[] = [];
  if (count) conditions.push(...isIn(sql`count(*)`, count));
  if (totalMinor) {
    const given = sql`case when o.refunded_at is null or o.refunded_at < ${asOf} then o.refunded_minor else 0 end`;
    conditions.push(...isIn(sql`coalesce(sum(o.amount_minor - ${given}), 0)`, totalMinor));
  }
  if (firstOrder)
    conditions.push(sql`min(o.ordered_at) >= ${firstOrder.from}`, sql`min(o.ordered_at) < ${firstOrder.to}`);
  if (averageGapMs) {
    const { min, max } = averageGapMs;
    conditions.push(sql`count(*) > 1`);
    if (min !== undefined) conditions.push(sql`${span} >= ${min} * (count(*) - 1)`);
    if (max !== undefined) conditions.push(sql`${span} <= ${max} * (count(*) - 1)`);
  }
  if (overdue) {
    // Beyond the integers of an engine such products are decimals.
    const waited = sql`(${asOf} - max(o.ordered_at)) * (count(*) - 1) * 100.0`;
    conditions.push(
      sql`count(*) >= ${overdue.minOrders}`,
      sql`${span} > 0`,
      sql`${waited} > ${overdue.factorHundredths} * ${span}`,
    );
  }
  return conjunction(conditions);
}

function hasBought(
  { bought, labelIds, window }: ProductMatch,
  { tenantId, orders }: AudienceQuery,
  dialect: SqlDialect,
): RawBuilder<SqlBool> {
  const inside = window ? sql`o.ordered_at >= ${window.from} and o.ordered_at < ${window.to}` : sql`1 = 1`;
  const found = sql<SqlBool>`exists (select 1 from rk_orders as o cross join rk_order_labels as l
    where o.tenant_id = ${tenantId} and o.customer_id = c.id and ${inside} and ${isCounted(orders)}
    and l.tenant_id = ${tenantId} and l.order_id = o.id and ${labelOf(dialect)} in ${dialect.list(labelIds)})`;
  return bought ? found : sql`not ${found}`;
}

function isBornOn({ days, dates }: BirthdayMatch, { tenantId }: AudienceQuery, dialect: SqlDialect) {
  const ways = days.map(
    ({ bornBefore, monthDays }) => sql<SqlBool>`(b.born_on < ${`${String(bornBefore).padStart(4, "0")}-01-01`}
      and substr(b.born_on, 6, 5) in ${dialect.list(monthDays, "texts")})`,
  );
  if (dates.length > 0) ways.push(sql`b.born_on in ${dialect.list(dates, "texts")}`);
  return sql<SqlBool>`exists (select 1 from rk_customers as b
    where b.id = c.id and b.tenant_id = ${tenantId} and b.born_on is not null and ${anyOf(ways)})`;
}

function isReachable({ channels }: ReachableMatch, { tenantId, orders }: AudienceQuery): RawBuilder<SqlBool> {
  const suppressed = (name: string, target: RawBuilder<SqlBool>) => sql`exists (select 1 from rk_suppressions as s
    where s.tenant_id = ${tenantId} and s.channel in (${name}, '*') and ${target} and s.created_at < ${orders.asOf})`;
  return anyOf(
    channels.map(
      ({ name, addressType }) => sql<SqlBool>`exists (select 1 from rk_customer_identities as i
        where i.tenant_id = ${tenantId} and i.customer_id = c.id and i.type = ${addressType}
        and not ${suppressed(name, sql`s.customer_id = c.id`)}
        and not ${suppressed(name, sql`s.address = i.value`)})`,
    ),
  );
}

function hasSaid({ status, channel, purpose }: ConsentMatch, { tenantId, orders }: AudienceQuery): RawBuilder<SqlBool> {
  const last = (granted: 0 | 1) => sql`coalesce(max(case when k.granted = ${granted} then k.at end), -1)`;
  return sql`(select case when count(*) = 0 then 'unknown' when ${last(1)} > ${last(0)} then 'granted' else 'withdrawn' end
    from rk_consent_records as k where k.tenant_id = ${tenantId} and k.customer_id = c.id and k.purpose = ${purpose}
      and k.channel in (${channel}, '*') and k.at < ${orders.asOf}) = ${status}`;
}

function happened(match: EngagementMatch, query: AudienceQuery, dialect: SqlDialect): RawBuilder<SqlBool> {
  const found = EVENTS[match.did](match, query, dialect);
  return match.not ? sql`not ${found}` : found;
}

type EventSql = (match: EngagementMatch, query: AudienceQuery, dialect: SqlDialect) => RawBuilder<SqlBool>;

/** That an instant lies in what is asked about. */
function isThen(at: RawBuilder<unknown>, { from }: EngagementMatch, { orders }: AudienceQuery): RawBuilder<SqlBool> {
  return from === undefined ? sql`${at} < ${orders.asOf}` : sql`${at} >= ${from} and ${at} < ${orders.asOf}`;
}

/** That an occurrence `oc`, the one of a row, is a push that is asked about. */
function ofPush(row: "d" | "l", { ruleIds, channel }: EngagementMatch, tenantId: number, dialect: SqlDialect) {
  return conjunction([
    sql`oc.id = ${sql.ref(`${row}.occurrence_id`)} and oc.tenant_id = ${tenantId} and oc.kind <> 'test'`,
    ...(ruleIds ? [sql<SqlBool>`oc.rule_id in ${dialect.list(ruleIds)}`] : []),
    ...(channel === undefined ? [] : [sql<SqlBool>`${sql.ref(`${row}.channel`)} = ${channel}`]),
  ]);
}

const claimed: EventSql = (match, query, dialect) => sql`exists (select 1 from rk_claims as k cross join rk_links as l
    cross join rk_occurrences as oc
  where k.tenant_id = ${query.tenantId} and k.customer_id = c.id and ${isThen(sql`k.claimed_at`, match, query)}
    and l.id = k.link_id and ${ofPush("l", match, query.tenantId, dialect)})`;

const EVENTS: Readonly<Record<EngagementMatch["did"], EventSql>> = {
  sent: (match, query, dialect) => sql`exists (select 1 from rk_deliveries as d cross join rk_occurrences as oc
    where d.tenant_id = ${query.tenantId} and d.customer_id = c.id and d.accepted_at is not null
      and ${isThen(sql`d.accepted_at`, match, query)} and ${ofPush("d", match, query.tenantId, dialect)})`,
  delivered: (match, query, dialect) => sql`exists (select 1 from rk_deliveries as d cross join rk_occurrences as oc
    where d.tenant_id = ${query.tenantId} and d.customer_id = c.id and d.touched_at is not null
      and ${isThen(sql`d.touched_at`, match, query)} and d.state = 'delivered'
      and ${ofPush("d", match, query.tenantId, dialect)})`,
  clicked: (match, query, dialect) => sql`(exists (select 1 from rk_links as l cross join rk_occurrences as oc
      where l.tenant_id = ${query.tenantId} and l.customer_id = c.id
        and ${isThen(sql`l.first_clicked_at`, match, query)} and ${ofPush("l", match, query.tenantId, dialect)})
    or ${claimed(match, query, dialect)})`,
  claimed,
  converted: (match, query, dialect) => sql`exists (select 1 from rk_deliveries as d cross join rk_occurrences as oc
      cross join rk_orders as o
    where d.tenant_id = ${query.tenantId} and d.customer_id = c.id and d.touched_at is not null
      and ${ofPush("d", match, query.tenantId, dialect)}
      and o.tenant_id = ${query.tenantId} and o.customer_id = c.id
      and o.ordered_at >= d.touched_at and o.ordered_at < d.touched_at + ${match.windowMs}
      and ${match.from === undefined ? sql`1 = 1` : sql`o.ordered_at >= ${match.from}`} and ${isCounted(query.orders)}
      and not exists (select 1 from rk_deliveries as later
        where later.tenant_id = ${query.tenantId} and later.customer_id = c.id
          and later.touched_at >= d.touched_at and later.touched_at <= o.ordered_at
          and (later.touched_at > d.touched_at or later.id > d.id)
          and not exists (select 1 from rk_occurrences as t where t.id = later.occurrence_id and t.kind = 'test')))`,
};
