import { CALL_RESULTS, type CallResult } from "../calls/call.js";
import { type CallCounts, countsOf } from "../figures.js";
import { type LeadDatabase, leadTables } from "../tables.js";

/** Calls of an hour of a weekday of a package. */
export interface WeekdayHour extends CallCounts {
  /** 1 Monday … 7 Sunday. */
  readonly weekday: number;
  readonly hour: number;
  readonly byResult: Readonly<Record<CallResult, number>>;
}

/** Hours of the week in which a package was called; at most 168, in their order. */
export async function weekdayHours(
  database: LeadDatabase,
  tenantId: number,
  packageId: number,
): Promise<readonly WeekdayHour[]> {
  const rows = await leadTables(database)
    .selectFrom("rk_call_weekdays")
    .selectAll()
    .where("tenant_id", "=", tenantId)
    .where("package_id", "=", packageId)
    .orderBy("weekday")
    .orderBy("local_hour")
    .execute();
  return rows.map((row) => ({
    ...countsOf({
      total_calls: row.calls,
      connected_calls: row.connected,
      interested_calls: row.interested,
      total_duration: row.duration,
    }),
    weekday: row.weekday,
    hour: row.local_hour,
    byResult: resultsOf((result) => Number(row[result])),
  }));
}

/** First and last day with a call; null without one. */
export async function daysCalled(database: LeadDatabase, tenantId: number, packageId: number) {
  const row = await leadTables(database)
    .selectFrom("rk_call_hours")
    .select(({ fn }) => [fn.min("local_day").as("first"), fn.max("local_day").as("last")])
    .where("tenant_id", "=", tenantId)
    .where("package_id", "=", packageId)
    .executeTakeFirstOrThrow();
  return { first: row.first ?? null, last: row.last ?? null };
}

/** Calls by result, of hours added up. */
export function resultsIn(hours: readonly WeekdayHour[]): Readonly<Record<CallResult, number>> {
  return resultsOf((result) => hours.reduce((sum, { byResult }) => sum + byResult[result], 0));
}

function resultsOf(count: (result: CallResult) => number): Readonly<Record<CallResult, number>> {
  // The results are the keys.
  return Object.fromEntries(CALL_RESULTS.map((result) => [result, count(result)])) as Record<CallResult, number>;
}
