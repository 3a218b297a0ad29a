import { addDays, localDateOf, minorToMajor, startOfDay } from "@recallkit/core/ports";
import type * as z from "zod";
import { addToRows } from "../engine.js";
import { countsOf, returnOn } from "../figures.js";
import type { Merchant } from "../merchant.js";
import { leadTables, type Row } from "../tables.js";
import { revenueOf } from "./revenue.js";
import type { summariesQuery, summarySchema } from "./schema.js";
import { countsShape } from "./shape.js";
import { countsByDay, packageTotals, sumOf } from "./totals.js";

/**
 * Writes down how a day stands, once per day and zone; a repeat replaces it. Calls are those of the day; packages, leads, cost
 * and revenue are what there is by its end.
 */
export async function summariseToday(merchant: Merchant): Promise<Row<"rk_metrics_summary">> {
  const { stores, tenantId, timeZone, context } = merchant;
  return stores.transaction(async () => {
    const now = context.clock.now();
    const date = localDateOf(now, timeZone);
    const [begin, end] = [startOfDay(date, timeZone), startOfDay(addDays(date, 1), timeZone)];
    const totals = await packageTotals(stores, tenantId, end);
    const before = await packageTotals(stores, tenantId, begin);
    const calls = sumOf(await countsByDay(stores, tenantId, { from: date, to: date }));
    const figures = {
      total_packages: totals.packages,
      new_packages: totals.packages - before.packages,
      total_leads: totals.leads,
      total_calls: calls.calls,
      connected_calls: calls.connected,
      interested_calls: calls.interested,
      total_duration: calls.duration,
      total_cost_minor: totals.costMinor,
      total_revenue_minor: await revenueOf(merchant, { until: end }),
      updated_at: now,
    };
    const key = { tenant_id: tenantId, local_day: date, time_zone: timeZone };
    await addToRows(stores, "rk_metrics_summary", [{ ...key, ...figures, created_at: now }], {
      key: Object.keys(key),
      added: [],
      written: Object.keys(figures),
    });
    return leadTables(stores)
      .selectFrom("rk_metrics_summary")
      .selectAll()
      .where("tenant_id", "=", tenantId)
      .where("local_day", "=", date)
      .where("time_zone", "=", timeZone)
      .executeTakeFirstOrThrow();
  });
}

/** One page of the days that were written down, the latest first. */
export async function listSummaries(
  { stores, tenantId }: Merchant,
  { page = 1, page_size: size = 50, start_date: from, end_date: to }: z.output<typeof summariesQuery>,
) {
  let found = leadTables(stores).selectFrom("rk_metrics_summary").where("tenant_id", "=", tenantId);
  if (from !== undefined) found = found.where("local_day", ">=", from);
  if (to !== undefined) found = found.where("local_day", "<=", to);
  const { total } = await found.select(({ fn }) => fn.countAll<number>().as("total")).executeTakeFirstOrThrow();
  const rows = await found
    .selectAll()
    .orderBy("local_day", "desc")
    .orderBy("id", "desc")
    .limit(size)
    .offset((page - 1) * size)
    .execute();
  return { rows, total: Number(total), page, size };
}

/** A day in the form of answers. */
export function summaryShape(row: Row<"rk_metrics_summary">, currency: string): z.input<typeof summarySchema> {
  return {
    id: row.id,
    date: row.local_day,
    time_zone: row.time_zone,
    total_packages: row.total_packages,
    new_packages: row.new_packages,
    total_leads: row.total_leads,
    ...countsShape(countsOf(row)),
    total_cost: minorToMajor(row.total_cost_minor, currency),
    total_revenue: minorToMajor(row.total_revenue_minor, currency),
    roi: returnOn(row.total_cost_minor, row.total_revenue_minor),
    created_at: row.created_at,
    updated_at: row.updated_at,
  };
}
