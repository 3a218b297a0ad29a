import { addDays, localDateOf, minorToMajor } from "@recallkit/core/ports";
import type * as z from "zod";
import { costPer, returnOn } from "../figures.js";
import type { Merchant } from "../merchant.js";
import { packageShape } from "../packages/shape.js";
import { listPackages } from "../packages/store.js";
import { leadTables } from "../tables.js";
import { TASK_STATES } from "../tasks/task.js";
import { agentFigures } from "./agents.js";
import { revenueOf } from "./revenue.js";
import type { dashboardSchema } from "./schema.js";
import { countsShape } from "./shape.js";
import { countsByDay, packageTotals, sumOf } from "./totals.js";

const TOP = 5;
const AGENTS = 20;

/** How all packages of a tenant stand; read off sums, whatever the number of calls. */
export async function dashboard(merchant: Merchant): Promise<z.input<typeof dashboardSchema>> {
  const { stores, tenantId, timeZone, currency, context } = merchant;
  const date = localDateOf(context.clock.now(), timeZone);
  const totals = await packageTotals(stores, tenantId);
  const today = sumOf(await countsByDay(stores, tenantId, { from: date, to: date }));
  const revenue = await revenueOf(merchant, {});
  const states = await leadTables(stores)
    .selectFrom("rk_dial_tasks")
    .select("status")
    .select(({ fn }) => fn.countAll<number>().as("count"))
    .where("tenant_id", "=", tenantId)
    .where("deleted_at", "is", null)
    .groupBy("status")
    .execute();
  const countOf = (state: string) => Number(states.find(({ status }) => status === state)?.count ?? 0);
  const top = await listPackages(stores, tenantId, timeZone, { sort: "-total_calls", page_size: TOP });
  return {
    time_zone: timeZone,
    currency,
    total_packages: totals.packages,
    total_leads: totals.leads,
    valid_leads: totals.validLeads,
    ...countsShape(totals),
    total_cost: minorToMajor(totals.costMinor, currency),
    total_revenue: minorToMajor(revenue, currency),
    roi: returnOn(totals.costMinor, revenue),
    cost_per_contact: costPer(totals.costMinor, totals.connected, currency),
    cost_per_interest: costPer(totals.costMinor, totals.interested, currency),
    today: { date, ...countsShape(today) },
    tasks: Object.fromEntries(TASK_STATES.map((state) => [state, countOf(state)])) as Record<
      (typeof TASK_STATES)[number],
      number
    >,
    top_packages: top.rows.map((row) => packageShape(row, currency)),
    agents: await agentFigures(stores, tenantId, { from: addDays(date, -6), to: date, limit: AGENTS }),
  };
}
