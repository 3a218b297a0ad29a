import { minorToMajor } from "@recallkit/core/ports";
import type * as z from "zod";
import { type CallCounts, contactRate, countsOf, interestRate, ratio, returnOn } from "../figures.js";
import type { Merchant } from "../merchant.js";
import { costOf, packageShape } from "../packages/shape.js";
import { getPackage } from "../packages/store.js";
import { type LeadDatabase, leadTables } from "../tables.js";
import { revenueOf } from "./revenue.js";
import type { packageStatsSchema } from "./schema.js";
import { countsShape } from "./shape.js";
import { sumOf } from "./totals.js";
import { daysCalled, resultsIn, type WeekdayHour, weekdayHours } from "./weekdays.js";

/** Everything that is counted of a package; read off sums, whatever the number of calls. */
export async function packageStats(merchant: Merchant, id: number): Promise<z.input<typeof packageStatsSchema>> {
  const { stores, tenantId, currency } = merchant;
  const row = await getPackage(stores, tenantId, id);
  const counts = countsOf(row);
  const hours = await weekdayHours(stores, tenantId, id);
  const days = await daysCalled(stores, tenantId, id);
  const leads = await leadFigures(stores, tenantId, id);
  const revenue = await revenueOf(merchant, { packageId: id });
  return {
    package: packageShape(row, currency),
    ...countsShape(counts),
    results: resultsIn(hours),
    funnel: funnelOf([
      ["total_leads", row.total_leads],
      ["valid_leads", row.valid_leads],
      ["total_calls", counts.calls],
      ["connected_calls", counts.connected],
      ["interested_calls", counts.interested],
    ]),
    leads,
    tags: await tagFigures(stores, tenantId, id, counts.calls),
    hours: cellsOf(hours, ({ weekday, hour }) => ({ weekday, hour })),
    weekdays: cellsOf(hours, ({ weekday }) => ({ weekday, hour: null })),
    first_day: days.first,
    last_day: days.last,
    total_revenue: minorToMajor(revenue, currency),
    roi: returnOn(costOf(row), revenue),
  };
}

function funnelOf(steps: readonly (readonly [string, number])[]) {
  return steps.map(([step, count], at) => {
    const before = steps[at - 1];
    return { step, count, rate: before ? ratio(count, before[1]) : null };
  });
}

function cellsOf(
  hours: readonly WeekdayHour[],
  placeOf: (placed: WeekdayHour) => { weekday: number; hour: number | null },
) {
  const cells = new Map<string, { place: ReturnType<typeof placeOf>; counts: CallCounts[] }>();
  for (const placed of hours) {
    const place = placeOf(placed);
    const key = `${place.weekday}/${String(place.hour ?? 0).padStart(2, "0")}`;
    const cell = cells.get(key) ?? { place, counts: [] };
    cell.counts.push(placed);
    cells.set(key, cell);
  }
  return [...cells]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { place, counts }]) => {
      const sum = sumOf(counts);
      return {
        ...place,
        total_calls: sum.calls,
        connected_calls: sum.connected,
        interested_calls: sum.interested,
        contact_rate: contactRate(sum),
        interest_rate: interestRate(sum),
      };
    });
}

async function leadFigures(database: LeadDatabase, tenantId: number, packageId: number) {
  const rows = await leadTables(database)
    .selectFrom("rk_leads")
    .select("state")
    .select(({ fn, eb }) => [
      fn.countAll<number>().as("count"),
      fn.sum<number>(eb.case().when("attempts", ">", 0).then(1).else(0).end()).as("called"),
      fn.sum<number>(eb.case().when("next_call_at", "is not", null).then(1).else(0).end()).as("callable"),
    ])
    .where("tenant_id", "=", tenantId)
    .where("package_id", "=", packageId)
    .where("deleted_at", "is", null)
    .groupBy("state")
    .execute();
  const sum = (name: "count" | "called" | "callable") => rows.reduce((total, row) => total + Number(row[name]), 0);
  return {
    loaded: sum("count"),
    called: sum("called"),
    callable: sum("callable"),
    by_state: Object.fromEntries(rows.map(({ state, count }) => [state, Number(count)])),
    penetration: ratio(sum("called"), sum("count")),
  };
}

async function tagFigures(database: LeadDatabase, tenantId: number, packageId: number, calls: number) {
  const rows = await leadTables(database)
    .selectFrom("rk_package_tag_summary")
    .selectAll()
    .where("tenant_id", "=", tenantId)
    .where("package_id", "=", packageId)
    .orderBy("tag_count", "desc")
    .orderBy("tag_name")
    .orderBy("tag_value")
    .limit(500)
    .execute();
  return rows.map(({ id, package_id, tag_name, tag_value, tag_count, created_at, updated_at }) => {
    return {
      id,
      package_id,
      tag_name,
      tag_value,
      tag_count,
      percentage: ratio(tag_count, calls),
      created_at,
      updated_at,
    };
  });
}
