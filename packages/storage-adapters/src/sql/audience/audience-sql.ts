import type { AttributeMatch, AudienceQuery, CountedOrders, LabelGroup } from "@recallkit/core/ports";
import { type RawBuilder, type SqlBool, sql } from "kysely";
import type { SqlDialect } from "../context.js";

// Tables stand in the order in which they are to be read and are joined by CROSS JOIN, which SQLite's planner keeps.

/** That an order `o` exists at the instant of the query and counts as a purchase. */
export function isCounted({ asOf, statuses }: CountedOrders): RawBuilder<SqlBool> {
  if (statuses.length === 0) return sql`1 = 0`;
  return sql`o.ordered_at < ${asOf} and o.status in (${sql.join(statuses)})
    and (o.uncounted_from is null or o.uncounted_from >= ${asOf})`;
}

/** That customer `c` is a member of the audience. */
export function isMember(query: AudienceQuery, dialect: SqlDialect): RawBuilder<SqlBool> {
  const wanted = windowConditions(query);
  const labels = query.labelGroups.map((group) => hasLabelOf(group, query, dialect));
  return conjunction([
    ...named(query, dialect),
    ...wanted,
    ...labels,
    ...attributesOf(query, dialect),
    ...reachable(query),
  ]);
}

/** Number of members, found from the orders of the window or the holders of the labels instead of from all customers. */
export function countMembers(query: AudienceQuery, dialect: SqlDialect): RawBuilder<{ n: number }> {
  const { window, labelGroups, tenantId } = query;
  const [first, ...rest] = labelGroups;
  if (window) {
    const buyers = sql`select distinct o.customer_id as id from rk_orders as o
      where o.tenant_id = ${tenantId} and ${insideWindow(query)} and ${isCounted(query.orders)}`;
    return countAmong(buyers, [
      ...named(query, dialect),
      ...notReturned(query),
      ...labelGroups.map((group) => hasLabelOf(group, query, dialect)),
      ...attributesOf(query, dialect),
      ...reachable(query),
    ]);
  }
  const others = [
    ...named(query, dialect),
    ...(first ? rest : []).map((group) => hasLabelOf(group, query, dialect)),
    ...attributesOf(query, dialect),
    ...reachable(query),
  ];
  if (first) return countAmong(holdersOf(first, query, dialect), others);
  const owned = query.attributes?.find(({ isSet }) => isSet);
  if (owned)
    return countAmong(
      sql`select v.customer_id as id from rk_customer_attributes as v where ${isValue(owned, tenantId, dialect)}`,
      others,
    );
  return countAmong(sql`select id from rk_customers where tenant_id = ${tenantId}`, others);
}

function countAmong(
  candidates: RawBuilder<unknown>,
  conditions: readonly RawBuilder<SqlBool>[],
): RawBuilder<{ n: number }> {
  return sql`select count(*) as n from (${candidates}) as c where ${conjunction(conditions)}`;
}

function windowConditions(query: AudienceQuery): readonly RawBuilder<SqlBool>[] {
  if (!query.window) return [];
  const bought = sql<SqlBool>`exists (select 1 from rk_orders as o where o.tenant_id = ${query.tenantId}
    and o.customer_id = c.id and ${insideWindow(query)} and ${isCounted(query.orders)})`;
  return [bought, ...notReturned(query)];
}

/** With `last-order`: no counted order after the window. */
function notReturned({ tenantId, window, orders }: AudienceQuery): readonly RawBuilder<SqlBool>[] {
  if (window?.recency !== "last-order") return [];
  return [
    sql`not exists (select 1 from rk_orders as o where o.tenant_id = ${tenantId} and o.customer_id = c.id
      and o.ordered_at >= ${window.to} and ${isCounted(orders)})`,
  ];
}

/** That an order `o` lies in the window, if there is one. */
function insideWindow({ window }: AudienceQuery): RawBuilder<SqlBool> {
  return window ? sql`o.ordered_at >= ${window.from} and o.ordered_at < ${window.to}` : sql`1 = 1`;
}

function hasLabelOf(group: LabelGroup, query: AudienceQuery, dialect: SqlDialect): RawBuilder<SqlBool> {
  const { tenantId, orders } = query;
  const ways: RawBuilder<SqlBool>[] = [];
  // The sign keeps SQLite from seeking once per wanted label: a person and an order have few labels, a filter may have many.
  if (group.customerLabelIds.length > 0) {
    ways.push(sql`exists (select 1 from rk_customer_labels as l where l.tenant_id = ${tenantId}
      and l.customer_id = c.id and +l.label_id in ${dialect.list(group.customerLabelIds)})`);
  }
  if (group.orderLabelIds.length > 0) {
    ways.push(sql`exists (select 1 from rk_orders as o cross join rk_order_labels as l
      where o.tenant_id = ${tenantId} and o.customer_id = c.id and ${insideWindow(query)} and ${isCounted(orders)}
      and l.tenant_id = ${tenantId} and l.order_id = o.id and +l.label_id in ${dialect.list(group.orderLabelIds)})`);
  }
  return ways.length === 0 ? sql`1 = 0` : sql`(${sql.join(ways, sql` or `)})`;
}

/** That customer `c` has every attribute that is asked for. */
function attributesOf(query: AudienceQuery, dialect: SqlDialect): readonly RawBuilder<SqlBool>[] {
  return (query.attributes ?? []).map((match) => {
    const found = sql`(select 1 from rk_customer_attributes as v
      where v.customer_id = c.id and ${isValue(match, query.tenantId, dialect)})`;
    return match.isSet ? sql<SqlBool>`exists ${found}` : sql<SqlBool>`not exists ${found}`;
  });
}

/** That a row `v` of attributes is what is asked for. */
function isValue({ attributeId, values, min, max }: AttributeMatch, tenantId: number, dialect: SqlDialect) {
  const column = (value: unknown) => sql.ref(typeof value === "string" ? "v.text_value" : "v.number_value");
  return conjunction([
    sql`v.tenant_id = ${tenantId} and v.attribute_id = ${attributeId}`,
    ...(values ? [sql<SqlBool>`${column(values[0])} in ${dialect.list(values)}`] : []),
    ...(min === undefined ? [] : [sql<SqlBool>`${column(min)} >= ${min}`]),
    ...(max === undefined ? [] : [sql<SqlBool>`${column(max)} <= ${max}`]),
  ]);
}

/** Ids of the people that a label group matches; only without a window. The labels come first, so that each is looked up by its index. */
function holdersOf(group: LabelGroup, { tenantId, orders }: AudienceQuery, dialect: SqlDialect): RawBuilder<unknown> {
  const wanted = (ids: readonly number[]) =>
    dialect.rows(
      { label_id: "integer" },
      ids.map((id) => [id]),
    );
  return sql`select l.customer_id as id from ${wanted(group.customerLabelIds)} as w cross join rk_customer_labels as l
      where l.tenant_id = ${tenantId} and l.label_id = w.label_id
    union
    select o.customer_id as id from ${wanted(group.orderLabelIds)} as w cross join rk_order_labels as l
      cross join rk_orders as o
      where l.tenant_id = ${tenantId} and l.label_id = w.label_id
      and o.id = l.order_id and o.tenant_id = ${tenantId} and ${isCounted(orders)}`;
}

function named({ customerIds }: AudienceQuery, dialect: SqlDialect): readonly RawBuilder<SqlBool>[] {
  return customerIds ? [sql`c.id in ${dialect.list(customerIds)}`] : [];
}

function reachable({ tenantId, reachableBy }: AudienceQuery): readonly RawBuilder<SqlBool>[] {
  if (!reachableBy) return [];
  return [
    sql`exists (select 1 from rk_customer_identities as i
      where i.tenant_id = ${tenantId} and i.customer_id = c.id and i.type = ${reachableBy})`,
  ];
}

function conjunction(conditions: readonly RawBuilder<SqlBool>[]): RawBuilder<SqlBool> {
  return conditions.length === 0 ? sql`1 = 1` : sql`${sql.join(conditions, sql` and `)}`;
}
