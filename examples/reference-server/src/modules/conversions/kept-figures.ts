import { sql } from "kysely";
import { type KeptFigures, keptFigures } from "../../frame/kept-figures.js";

const WINDOW_MS = 7 * 86_400_000;
/** That nothing is left to be read of a tenant `t`: what waits is no difference. */
const IS_CURRENT = sql`exists (select 1 from rk_roll_ups as u
    where u.tenant_id = t.id and u.cleared_to is null and u.revision = t.revision)
  and not exists (select 1 from rk_deliveries as w where w.tenant_id = t.id
    and coalesce(w.touched_at, -1) <> coalesce(w.credited_touch, -1))`;
/** Touches that count, of a tenant. */
const TOUCHES = sql`(select d.tenant_id, d.id, d.occurrence_id, d.customer_id, d.touched_at from rk_deliveries as d
  join rk_occurrences as oc on oc.id = d.occurrence_id and oc.kind <> 'test' where d.touched_at is not null)`;

/** Which order belongs to which push: all orders within the window after the last touch before them, whatever their status. */
export const figures: readonly KeptFigures[] = [
  keptFigures({
    name: "credits-of-orders",
    keys: ["occurrence_id"],
    figures: ["orders", "amount", "refunded"],
    kept: sql`select c.tenant_id, c.occurrence_id, count(*) as orders, sum(c.amount_minor) as amount,
        sum(c.refunded_minor) as refunded
      from rk_credited_orders as c join rk_tenants as t on t.id = c.tenant_id where ${IS_CURRENT}
      group by c.tenant_id, c.occurrence_id`,
    counted: sql`select d.tenant_id, d.occurrence_id, count(*) as orders, sum(o.amount_minor) as amount,
        sum(o.refunded_minor) as refunded
      from rk_tenants as t join ${TOUCHES} as d on d.tenant_id = t.id
      join rk_orders as o on o.tenant_id = t.id and o.customer_id = d.customer_id
        and o.ordered_at >= d.touched_at and o.ordered_at < d.touched_at + ${sql.lit(WINDOW_MS)}
      where ${IS_CURRENT} and not exists (select 1 from ${TOUCHES} as l where l.tenant_id = t.id
        and l.customer_id = d.customer_id and l.touched_at <= o.ordered_at
        and (l.touched_at > d.touched_at or (l.touched_at = d.touched_at and l.id > d.id)))
      group by d.tenant_id, d.occurrence_id`,
  }),
];
