import { InputError } from "@recallkit/core";
import { addDays, localDateOf, weekdayOf } from "@recallkit/core/ports";
import type * as z from "zod";
import type { CallCounts } from "../figures.js";
import type { Merchant } from "../merchant.js";
import { getPackage } from "../packages/store.js";
import type { trendsQuery, trendsSchema } from "./schema.js";
import { countsShape, NO_CALLS } from "./shape.js";
import { countsByDay, sumOf } from "./totals.js";

type Granularity = "day" | "week" | "month";
const MOST_PERIODS = 4000;

/** Figures per day, week or month, those without calls as well. */
export async function trends(
  { stores, tenantId, timeZone, context }: Merchant,
  { granularity = "day", from, to, package_id: packageId }: z.output<typeof trendsQuery>,
): Promise<z.input<typeof trendsSchema>> {
  if (packageId !== undefined) await getPackage(stores, tenantId, packageId);
  const last = to ?? localDateOf(context.clock.now(), timeZone);
  const first = from ?? usualStart(granularity, last);
  const periods = periodsBetween(granularity, first, last);
  const byPeriod = new Map<string, CallCounts[]>(periods.map((period) => [period, []]));
  for (const counts of await countsByDay(stores, tenantId, { packageId, from: first, to: last })) {
    byPeriod.get(periodOf(granularity, counts.day))?.push(counts);
  }
  const items = [...byPeriod].map(([period, counts]) => ({
    period,
    ...countsShape(counts.length > 0 ? sumOf(counts) : NO_CALLS),
  }));
  return { granularity, time_zone: timeZone, items };
}

/** First day of the period that a day is of: itself, its Monday, or the first of its month. */
function periodOf(granularity: Granularity, day: string): string {
  if (granularity === "day") return day;
  return granularity === "week" ? addDays(day, 1 - weekdayOf(day)) : `${day.slice(0, 7)}-01`;
}

function usualStart(granularity: Granularity, last: string): string {
  if (granularity === "day") return addDays(last, -29);
  if (granularity === "week") return addDays(periodOf("week", last), -77);
  const [year = 0, month = 1] = last.split("-").map(Number);
  return `${String(year - 1 + (month === 12 ? 1 : 0)).padStart(4, "0")}-${String((month % 12) + 1).padStart(2, "0")}-01`;
}

function periodsBetween(granularity: Granularity, first: string, last: string): readonly string[] {
  const periods: string[] = [];
  for (let period = periodOf(granularity, first); period <= last; period = nextOf(granularity, period)) {
    periods.push(period);
    if (periods.length > MOST_PERIODS) {
      throw new InputError([
        { path: "from", code: "trends.too-long", message: `is more than ${MOST_PERIODS} periods ago` },
      ]);
    }
  }
  return periods;
}

function nextOf(granularity: Granularity, period: string): string {
  if (granularity === "day") return addDays(period, 1);
  return granularity === "week" ? addDays(period, 7) : periodOf("month", addDays(period, 31));
}
