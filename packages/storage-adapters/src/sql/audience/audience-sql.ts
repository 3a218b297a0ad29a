import type { AudienceMember } from "@recallkit/core";
import type { AttributeMatch, AudienceQuery, LabelGroup } from "@recallkit/core/ports";
import { type RawBuilder, type SqlBool, sql } from "kysely";
import type { SqlDialect } from "../context.js";
import { type BasicSql, buyersWhose, meets } from "./condition-sql.js";
import { conjunction, isCounted, labelOf } from "./counted-orders.js";

// Tables stand in the order in which they are to be read and are joined by CROSS JOIN, which SQLite's planner keeps.

/** That customer `c` is a member of the audience. */
export function isMember(query: AudienceQuery, dialect: SqlDialect): RawBuilder<SqlBool> {
  return conjunction([...named(query, dialect), ...stagesOf(query, dialect).flatMap((stage) => stage.conditions)]);
}

/** Number of members, found from the fewest people that the query leads to instead of from all customers. */
export function countMembers(query: AudienceQuery, dialect: SqlDialect): RawBuilder<{ n: number }> {
  return sql`select count(*) as n from ${membersOf(query, dialect)}`;
}

/** The same people as a page by ascending id. For pages that hold a good part of them: each one finds all of them. */
export function pageOfAll(
  query: AudienceQuery,
  page: { readonly afterId: number; readonly limit: number },
  dialect: SqlDialect,
): RawBuilder<AudienceMember> {
  const ids = sql`select c.id as id from ${membersOf(query, dialect)} and c.id > ${page.afterId}
    order by c.id limit ${page.limit}`;
  return sql`select p.id as "customerId", p.external_key as "externalKey" from (${ids}) as m cross join rk_customers as p
    where p.id = m.id and p.tenant_id = ${query.tenantId} order by m.id`;
}

/** Members as rows `c` with an id; what follows FROM. */
function membersOf(query: AudienceQuery, dialect: SqlDialect): RawBuilder<unknown> {
  const { ids, left } = begin(query, stagesOf(query, dialect), dialect);
  return sql`(${ids}) as c where ${conjunction([...named(query, dialect), ...left])}`;
}

/** A step of a funnel: how many people got past so many stages and no further; -1 of all customers. */
interface LevelRow {
  readonly level: number;
  readonly n: number;
}

/** More rows than there are: a limit keeps an engine from working out the same expression twice. */
const NO_LIMIT = sql.lit(Number.MAX_SAFE_INTEGER);

/** People by the number of stages that they pass, each stage asked of those only who passed the ones before. */
export function countLevels(
  query: AudienceQuery,
  dialect: SqlDialect,
): { readonly statement: RawBuilder<LevelRow>; readonly stages: number } {
  const { tenantId, window, labelGroups } = query;
  const stages = stagesOf(query, dialect);
  const everybody = sql`select -1 as level, count(*) as n from rk_customers as c
    where c.tenant_id = ${tenantId} and ${conjunction(named(query, dialect))}`;
  const [first, ...others] = stages;
  if (!first) return { statement: sql`${everybody}`, stages: 0 };
  // The others are counted among those of the first, so nothing but the first may lead to the people.
  const hasFlags = window !== undefined && labelGroups.length > 0;
  const { ids, left } = hasFlags
    ? { ids: buyersWithFlags(query, dialect), left: [] }
    : begin({ ...query, labelGroups: window ? [] : labelGroups }, [first], dialect);
  const asked = others.map(({ conditions }, index) =>
    hasFlags && index === 0 ? labelGroups.map((_, group) => sql<SqlBool>`${flag("c", group)} = 1`) : conditions,
  );
  const level = asked.reduceRight(
    (deeper, conditions, index) => sql`case when ${conjunction(conditions)} then ${deeper} else ${sql.lit(index)} end`,
    sql`${sql.lit(others.length)}`,
  );
  return {
    stages: stages.length,
    statement: sql`${everybody} union all select level, count(*) as n from (
      select ${level} as level from (${ids}) as c where ${conjunction([...named(query, dialect), ...left])}
      limit ${NO_LIMIT}
    ) as people group by level`,
  };
}

const flag = (row: string, group: number) => sql.ref(`${row}.g${group}`);

/** A question about customer `c`, and how the people who meet it are found without looking at all of them. */
interface Stage {
  readonly conditions: readonly RawBuilder<SqlBool>[];
  /** Ids of people, of whom `left` has still to be asked; the lowest rank is the shortest way. */
  readonly way?: {
    readonly rank: number;
    readonly ids: RawBuilder<unknown>;
    readonly left: readonly RawBuilder<SqlBool>[];
  };
}

function stagesOf(query: AudienceQuery, dialect: SqlDialect): readonly Stage[] {
  const { window, labelGroups, attributes, conditions = [], tenantId, orders } = query;
  // A part has a window of its own, or none.
  const basic: BasicSql = (part) => basicConditions({ tenantId, orders, ...part }, dialect);
  const stages: Stage[] = [];
  if (window) stages.push({ conditions: windowConditions(query) });
  if (labelGroups.length > 0) {
    const [one, ...others] = labelGroups.map((group) => hasLabelOf(group, query, dialect));
    const [first] = labelGroups;
    stages.push({
      conditions: [...(one ? [one] : []), ...others],
      ...(first && !window && { way: { rank: 3, ids: holdersOf(first, query, dialect), left: others } }),
    });
  }
  if (attributes) {
    const asked = attributesOf(query, dialect);
    const at = attributes.findIndex(({ isSet }) => isSet);
    const owned = attributes[at];
    const ids =
      owned &&
      sql`select v.customer_id as id from rk_customer_attributes as v
      where ${isValue(owned, tenantId, dialect)}`;
    stages.push({
      conditions: asked,
      ...(ids && { way: { rank: 4, ids, left: asked.filter((_, index) => index !== at) } }),
    });
  }
  for (const condition of conditions) {
    const asked = [meets(condition, query, dialect, basic)];
    const way = wayOf(condition, query, dialect);
    stages.push({ conditions: asked, ...(way && { way: { ...way, left: [] } }) });
  }
  if (query.reachableBy) stages.push({ conditions: reachable(query) });
  return stages;
}

function wayOf(condition: NonNullable<AudienceQuery["conditions"]>[number], query: AudienceQuery, dialect: SqlDialect) {
  if (condition.kind === "people") {
    const ids = sql`select p.id from rk_customers as p
      where p.tenant_id = ${query.tenantId} and p.id in ${dialect.list(condition.customerIds)}`;
    return { rank: 1, ids };
  }
  if (condition.kind === "products" && condition.bought && !condition.window)
    return { rank: 5, ids: holdersOf({ customerLabelIds: [], orderLabelIds: condition.labelIds }, query, dialect) };
  const buyers = condition.kind === "orders" ? buyersWhose(condition, query) : undefined;
  return buyers && { rank: 6, ids: buyers };
}

/** The shortest way to the people of some stages, and what is still to be asked of them. */
function begin(query: AudienceQuery, stages: readonly Stage[], dialect: SqlDialect) {
  const { tenantId, window, labelGroups } = query;
  const [best] = stages.filter(({ way }) => way).toSorted((a, b) => (a.way?.rank ?? 0) - (b.way?.rank ?? 0));
  const restOf = (done: (stage: Stage, index: number) => boolean) =>
    stages.filter((one, index) => !done(one, index)).flatMap(({ conditions }) => conditions);
  if (window && best?.way?.rank !== 1)
    return { ids: buyers(query, dialect), left: restOf((_, index) => index < (labelGroups.length > 0 ? 2 : 1)) };
  if (best?.way) return { ids: best.way.ids, left: [...best.way.left, ...restOf((stage) => stage === best)] };
  return { ids: sql`select id from rk_customers where tenant_id = ${tenantId}`, left: restOf(() => false) };
}

/** The orders of the window with their buyers, as rows `c`; what follows FROM. */
function ordersOfWindow(query: AudienceQuery): RawBuilder<unknown> {
  return sql`(select o.id as order_id, o.customer_id as id from rk_orders as o
    where o.tenant_id = ${query.tenantId} and ${insideWindow(query)} and ${isCounted(query.orders)}) as c`;
}

/** Ids of the people whom window and labels lead to, each once, by one walk along the orders of the window. */
function buyers(query: AudienceQuery, dialect: SqlDialect): RawBuilder<unknown> {
  const { labelGroups } = query;
  const [only] = labelGroups;
  const asked = notBack(query, dialect);
  if (labelGroups.length > 1 || !only)
    return only
      ? sql`select c.id as id from (${buyersWithFlags(query, dialect)}) as c
          where ${conjunction(labelGroups.map((_, group) => sql<SqlBool>`${flag("c", group)} = 1`))}`
      : sql`select distinct c.id as id from ${ordersOfWindow(query)} where ${conjunction(asked)}`;
  return sql`select distinct c.id as id from ${ordersOfWindow(query)}
    where ${conjunction([...asked, hasLabelOfOrder(only, query, dialect)])}`;
}

/** People of the window with what each group of labels says of them: `g0`, `g1` … */
function buyersWithFlags(query: AudienceQuery, dialect: SqlDialect): RawBuilder<unknown> {
  const flags = query.labelGroups.map(
    (group, number) =>
      sql`max(case when ${hasLabelOfOrder(group, query, dialect)} then 1 else 0 end) as ${sql.ref(`g${number}`)}`,
  );
  return sql`select c.id as id, ${sql.join(flags)} from ${ordersOfWindow(query)}
    where ${conjunction(notBack(query, dialect))} group by c.id`;
}

/** That the person of an order `c`, or that order, has a label of the group. */
function hasLabelOfOrder(group: LabelGroup, { tenantId }: AudienceQuery, dialect: SqlDialect): RawBuilder<SqlBool> {
  const ways = labelOfPerson(group, tenantId, dialect);
  if (group.orderLabelIds.length > 0)
    ways.push(sql`exists (select 1 from rk_order_labels as l where l.tenant_id = ${tenantId}
      and l.order_id = c.order_id and ${labelOf(dialect)} in ${dialect.list(group.orderLabelIds)})`);
  return ways.length === 0 ? sql`1 = 0` : sql`(${sql.join(ways, sql` or `)})`;
}

/** Where nothing plans joins: a set of all later buyers is made when they are few beside those of the window. */
const MOST_LATER = 4;

/** With `last-order`: that customer `c` bought nothing after the window, asked of many. */
function notBack(query: AudienceQuery, dialect: SqlDialect): readonly RawBuilder<SqlBool>[] {
  const { window, orders, tenantId } = query;
  if (window?.recency !== "last-order") return [];
  const isFar = orders.asOf - window.to > MOST_LATER * (window.to - window.from);
  if (dialect.joinsSubqueries || isFar) return notReturned(query);
  return [
    sql`c.id not in (select o.customer_id from rk_orders as o where o.tenant_id = ${tenantId}
      and o.ordered_at >= ${window.to} and ${isCounted(orders)})`,
  ];
}

/** Window, labels and attributes of a part of a query. */
function basicConditions(query: AudienceQuery, dialect: SqlDialect): readonly RawBuilder<SqlBool>[] {
  return [
    ...windowConditions(query),
    ...query.labelGroups.map((group) => hasLabelOf(group, query, dialect)),
    ...attributesOf(query, dialect),
  ];
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

/** That customer `c` has one of the labels of people; nothing where there are none. */
function labelOfPerson({ customerLabelIds }: LabelGroup, tenantId: number, dialect: SqlDialect): RawBuilder<SqlBool>[] {
  if (customerLabelIds.length === 0) return [];
  return [
    sql`exists (select 1 from rk_customer_labels as l where l.tenant_id = ${tenantId}
      and l.customer_id = c.id and ${labelOf(dialect)} in ${dialect.list(customerLabelIds)})`,
  ];
}

function hasLabelOf(group: LabelGroup, query: AudienceQuery, dialect: SqlDialect): RawBuilder<SqlBool> {
  const { tenantId, orders } = query;
  const ways = labelOfPerson(group, tenantId, dialect);
  if (group.orderLabelIds.length > 0) {
    ways.push(sql`exists (select 1 from rk_orders as o cross join rk_order_labels as l
      where o.tenant_id = ${tenantId} and o.customer_id = c.id and ${insideWindow(query)} and ${isCounted(orders)}
      and l.tenant_id = ${tenantId} and l.order_id = o.id and ${labelOf(dialect)} in ${dialect.list(group.orderLabelIds)})`);
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
