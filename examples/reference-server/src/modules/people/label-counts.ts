import type { Label } from "@recallkit/core";
import { type RawBuilder, sql } from "kysely";
import type { ServerContext } from "../../frame/context.js";

/** How many people have each of these labels; one statement, whatever the number of labels. */
export async function countHolders(
  { stores: { sql: db }, kit, clock }: Pick<ServerContext, "stores" | "kit" | "clock">,
  tenantId: number,
  labels: readonly Pick<Label, "kind" | "key">[],
): Promise<ReadonlyMap<string, number>> {
  const [first] = labels;
  if (first === undefined) return new Map();
  const { countedStatuses } = await kit.forTenant(tenantId).tenant();
  const now = clock.now();
  const keys = sql.join(labels.map(({ key }) => key));
  const asked = sql`l.tenant_id = ${tenantId} and l.kind = ${first.kind} and l.bind_key in (${keys})`;
  // Orders that don't count as purchases give nobody a label, as in audiences.
  const bought: RawBuilder<unknown> =
    countedStatuses.length === 0
      ? sql`1 = 0`
      : sql`o.status in (${sql.join([...countedStatuses])}) and o.ordered_at < ${now}
          and (o.uncounted_from is null or o.uncounted_from >= ${now})`;
  const { rows } = await sql<{ readonly key: string; readonly people: number }>`
    select holders.bind_key as "key", count(*) as people from (
      select l.bind_key, c.customer_id from rk_labels as l
        inner join rk_customer_labels as c on c.tenant_id = l.tenant_id and c.label_id = l.id where ${asked}
      union
      select l.bind_key, o.customer_id from rk_labels as l
        inner join rk_order_labels as w on w.tenant_id = l.tenant_id and w.label_id = l.id
        inner join rk_orders as o on o.tenant_id = w.tenant_id and o.id = w.order_id
        where ${asked} and ${bought}
    ) as holders group by holders.bind_key`.execute(db);
  return new Map(rows.map(({ key, people }) => [key, Number(people)]));
}
