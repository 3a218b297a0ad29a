import { sql } from "kysely";
import type { CallCounts } from "../figures.js";
import { countsOf } from "../figures.js";
import { type LeadDatabase, leadTables } from "../tables.js";

/** What a tenant's packages are in all. */
export interface PackageTotals extends CallCounts {
  readonly packages: number;
  readonly leads: number;
  readonly validLeads: number;
  readonly costMinor: number;
}

/** Sums over the packages, which hold the sums of their calls. @param until packages made from this instant on are left out */
export async function packageTotals(database: LeadDatabase, tenantId: number, until?: number): Promise<PackageTotals> {
  let query = leadTables(database)
    .selectFrom("rk_lead_packages")
    .select(({ fn }) => [
      fn.countAll<number>().as("packages"),
      fn.sum<number>("total_leads").as("leads"),
      fn.sum<number>("valid_leads").as("valid"),
      fn.sum<number>("total_calls").as("total_calls"),
      fn.sum<number>("connected_calls").as("connected_calls"),
      fn.sum<number>("interested_calls").as("interested_calls"),
      fn.sum<number>("total_duration").as("total_duration"),
      sql<number>`sum(coalesce(total_cost_minor, total_leads * cost_per_lead_minor))`.as("cost"),
    ])
    .where("tenant_id", "=", tenantId)
    .where("deleted_at", "is", null);
  if (until !== undefined) query = query.where("created_at", "<", until);
  const row = await query.executeTakeFirstOrThrow();
  return {
    ...countsOf(row),
    packages: Number(row.packages),
    leads: Number(row.leads),
    validLeads: Number(row.valid),
    costMinor: Number(row.cost),
  };
}

/** Which hours are meant; days both in. */
export interface HourScope {
  readonly packageId?: number | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** Hours of a scope, summed per day. */
export async function countsByDay(
  database: LeadDatabase,
  tenantId: number,
  scope: HourScope,
): Promise<readonly (CallCounts & { readonly day: string })[]> {
  const rows = await hoursOf(database, tenantId, scope)
    .select("local_day as day")
    .select(({ fn }) => [
      fn.sum<number>("calls").as("total_calls"),
      fn.sum<number>("connected").as("connected_calls"),
      fn.sum<number>("interested").as("interested_calls"),
      fn.sum<number>("duration").as("total_duration"),
    ])
    .groupBy("local_day")
    .orderBy("local_day")
    .execute();
  return rows.map(({ day, ...counts }) => ({ day, ...countsOf(counts) }));
}

function hoursOf(database: LeadDatabase, tenantId: number, { packageId, from, to }: HourScope) {
  let query = leadTables(database).selectFrom("rk_call_hours").where("tenant_id", "=", tenantId);
  if (packageId !== undefined) query = query.where("package_id", "=", packageId);
  if (from !== undefined) query = query.where("local_day", ">=", from);
  if (to !== undefined) query = query.where("local_day", "<=", to);
  return query;
}

/** Counts added up. */
export function sumOf(counts: readonly CallCounts[]): CallCounts {
  const sum = (name: keyof CallCounts) => counts.reduce((total, one) => total + one[name], 0);
  return { calls: sum("calls"), connected: sum("connected"), interested: sum("interested"), duration: sum("duration") };
}
