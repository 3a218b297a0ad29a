import { sql } from "kysely";
import { modules } from "../app.js";
import { type DifferingFigures, type KeptFigures, keptFigures } from "../frame/kept-figures.js";
import { type Check, checkInside } from "./check.js";
import type { CommandContext } from "./command.js";

/** So many figures of a kind are told. */
const TOLD = 5;

/** What the stores keep of their own rows. */
const OWN: readonly KeptFigures[] = [
  keptFigures({
    name: "stock-of-coupons",
    keys: ["coupon_id"],
    figures: ["claims"],
    kept: sql`select tenant_id, id as coupon_id, stock - stock_left as claims from rk_coupons where stock is not null`,
    counted: sql`select c.tenant_id, c.coupon_id, count(*) as claims from rk_claims as c
      join rk_coupons as k on k.tenant_id = c.tenant_id and k.id = c.coupon_id and k.stock is not null
      group by c.tenant_id, c.coupon_id`,
  }),
  {
    name: "latest-orders",
    // Facts of people are used while no order is later than the latest one known; one that is kept too early would make them wrong.
    async differing(stores, limit) {
      const { rows } = await sql<{ id: number; kept: number | null; counted: number }>`
        select t.id as id, t.max_order_at as kept, o.latest as counted from rk_tenants as t
        join (select tenant_id, max(ordered_at) as latest from rk_orders group by tenant_id) as o on o.tenant_id = t.id
        where t.max_order_at is null or t.max_order_at < o.latest limit ${sql.lit(limit)}`.execute(stores.sql);
      return rows.map(({ id, kept, counted }) => ({
        tenantId: Number(id),
        of: "max_order_at",
        kept: [Number(kept)],
        counted: [Number(counted)],
      }));
    },
  },
];

/** Counts every kept figure anew, which reads whole tables. */
export async function figureChecks(context: CommandContext): Promise<readonly Check[]> {
  const loaded = await Promise.all(modules.map(async ({ figures }) => (await figures?.())?.figures ?? []));
  const checks: Check[] = [];
  for (const { name, differing } of [...OWN, ...loaded.flat()]) {
    const check = await checkInside(context, `figures:${name}`, async (stores) => {
      const found = await differing(stores, TOLD + 1);
      if (found.length === 0) return { status: "ok", detail: context.say("与重新计算一致", "as counted anew") };
      const more = found.length > TOLD ? context.say("；还有", "; and more") : "";
      return { status: "warning", detail: `${found.slice(0, TOLD).map(told).join("; ")}${more}` };
    });
    checks.push(check);
  }
  return checks;
}

function told({ tenantId, of, kept, counted }: DifferingFigures): string {
  return `tenant ${tenantId}, ${of}: kept ${kept.join("/")}, counted ${counted.join("/")}`;
}
