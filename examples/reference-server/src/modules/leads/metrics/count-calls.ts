import type { CallResult } from "../calls/call.js";
import { type LeadDatabase, leadTables } from "../tables.js";
import { count, countTag, emptyTally, type Tally } from "./tally.js";

/** Which calls are meant. */
export type CallScope = { readonly packageId: number } | { readonly taskId: number };

/** Counts the calls that are there by plain aggregates over them; what the figures have to say. */
export async function countCalls(
  database: LeadDatabase,
  tenantId: number,
  scope: CallScope,
  sign: 1 | -1 = 1,
): Promise<Tally> {
  const tally = emptyTally();
  const db = leadTables(database);
  const calls = await db
    .selectFrom("rk_calls")
    .select(["package_id", "task_id", "local_day", "local_hour", "agent", "result", "is_interested"])
    .select(({ fn }) => [fn.countAll<number>().as("calls"), fn.sum<number>("duration").as("duration")])
    .where("tenant_id", "=", tenantId)
    .where(columnOf(scope), "=", idOf(scope))
    .where("deleted_at", "is", null)
    .groupBy(["package_id", "task_id", "local_day", "local_hour", "agent", "result", "is_interested"])
    .execute();
  for (const row of calls) {
    const facts = {
      packageId: row.package_id,
      taskId: row.task_id,
      day: row.local_day,
      hour: row.local_hour,
      agent: row.agent,
      // Only results are written.
      result: row.result as CallResult,
      isInterested: row.is_interested === 1,
      duration: Number(row.duration),
      count: Number(row.calls),
    };
    count(tally, facts, sign);
  }
  const tags = await db
    .selectFrom("rk_call_tags as t")
    .innerJoin("rk_calls as c", "c.id", "t.call_id")
    .select(["t.package_id", "t.tag_name", "t.tag_value"])
    .select(({ fn }) => fn.countAll<number>().as("count"))
    .where("t.tenant_id", "=", tenantId)
    .where("c.tenant_id", "=", tenantId)
    .where(`c.${columnOf(scope)}`, "=", idOf(scope))
    .where("c.deleted_at", "is", null)
    .groupBy(["t.package_id", "t.tag_name", "t.tag_value"])
    .execute();
  for (const { package_id: packageId, tag_name: name, tag_value: value, count: times } of tags) {
    countTag(tally, { packageId, name, value, count: Number(times) }, sign);
  }
  return tally;
}

/** Column of calls by which a scope is found. */
export function columnOf(scope: CallScope): "package_id" | "task_id" {
  return "packageId" in scope ? "package_id" : "task_id";
}

/** Id of what a scope is. */
export function idOf(scope: CallScope): number {
  return "packageId" in scope ? scope.packageId : scope.taskId;
}
