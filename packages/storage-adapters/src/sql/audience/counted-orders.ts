import type { CountedOrders } from "@recallkit/core/ports";
import { type RawBuilder, type SqlBool, sql } from "kysely";
import type { SqlDialect } from "../context.js";

/** That an order `o` exists at the instant of the query and counts as a purchase. */
export function isCounted({ asOf, statuses }: CountedOrders): RawBuilder<SqlBool> {
  if (statuses.length === 0) return sql`1 = 0`;
  return sql`o.ordered_at < ${asOf} and o.status in (${sql.join(statuses)})
    and (o.uncounted_from is null or o.uncounted_from >= ${asOf})`;
}

/** That all conditions hold; without one everybody does. */
export function conjunction(conditions: readonly RawBuilder<SqlBool>[]): RawBuilder<SqlBool> {
  return conditions.length === 0 ? sql`1 = 1` : sql`${sql.join(conditions, sql` and `)}`;
}

/**
 * The label of a row `l` of a person or an order. The sign keeps SQLite from seeking once per wanted label: a person and an order
 * have few labels, a filter may have many.
 */
export function labelOf({ joinsSubqueries }: SqlDialect): RawBuilder<number> {
  return joinsSubqueries ? sql`l.label_id` : sql`+l.label_id`;
}
