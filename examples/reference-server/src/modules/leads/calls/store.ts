import { NotFoundError } from "@recallkit/core";
import { addDays, formatLocal, startOfDay } from "@recallkit/core/ports";
import type * as z from "zod";
import { held, insertMany } from "../engine.js";
import type { Countable } from "../metrics/tally.js";
import { type LeadDatabase, leadTables, type Row } from "../tables.js";
import type { CallResult, TagInput } from "./call.js";
import type { callsQuery } from "./schema.js";

/** A call with its tags. */
export interface TaggedCall {
  readonly call: Row<"rk_calls">;
  readonly tags: readonly Row<"rk_call_tags">[];
}

/** A call that is not deleted. @throws {NotFoundError} `call.not-found` */
export async function getCall(
  database: LeadDatabase,
  tenantId: number,
  id: number,
  { hold = false }: { readonly hold?: boolean } = {},
): Promise<TaggedCall> {
  const query = leadTables(database)
    .selectFrom("rk_calls")
    .selectAll()
    .where("tenant_id", "=", tenantId)
    .where("id", "=", id)
    .where("deleted_at", "is", null);
  const call = await (hold ? held(database, query) : query).executeTakeFirst();
  if (!call) throw new NotFoundError("call.not-found", `no call ${id}`);
  const [tagged] = await withTags(database, tenantId, [call]);
  return tagged ?? { call, tags: [] };
}

/** Calls with their tags, read by one statement. */
export async function withTags(
  database: LeadDatabase,
  tenantId: number,
  calls: readonly Row<"rk_calls">[],
): Promise<readonly TaggedCall[]> {
  if (calls.length === 0) return [];
  const tags = await leadTables(database)
    .selectFrom("rk_call_tags")
    .selectAll()
    .where("tenant_id", "=", tenantId)
    .where(
      "call_id",
      "in",
      calls.map(({ id }) => id),
    )
    .orderBy("id")
    .execute();
  const byCall = grouped(tags);
  return calls.map((call) => ({ call, tags: byCall.get(call.id) ?? [] }));
}

function grouped(tags: readonly Row<"rk_call_tags">[]): Map<number, Row<"rk_call_tags">[]> {
  const groups = new Map<number, Row<"rk_call_tags">[]>();
  for (const tag of tags) groups.set(tag.call_id, [...(groups.get(tag.call_id) ?? []), tag]);
  return groups;
}

type Filter = Omit<z.output<typeof callsQuery>, "page" | "page_size">;

function callsOf(database: LeadDatabase, tenantId: number, taskId: number, zone: string, filter: Filter) {
  let query = leadTables(database)
    .selectFrom("rk_calls")
    .where("tenant_id", "=", tenantId)
    .where("task_id", "=", taskId)
    .where("deleted_at", "is", null);
  if (filter.result !== undefined) query = query.where("result", "=", filter.result);
  if (filter.agent !== undefined) query = query.where("agent", "=", filter.agent);
  if (filter.interested !== undefined) query = query.where("is_interested", "=", filter.interested === "true" ? 1 : 0);
  if (filter.from !== undefined) query = query.where("call_time", ">=", startOfDay(filter.from, zone));
  if (filter.to !== undefined) query = query.where("call_time", "<", startOfDay(addDays(filter.to, 1), zone));
  return query;
}

/** One page of a task's calls, the latest first. */
export async function listCalls(
  database: LeadDatabase,
  tenantId: number,
  taskId: number,
  zone: string,
  { page = 1, page_size: size = 50, ...filter }: z.output<typeof callsQuery>,
) {
  const found = callsOf(database, tenantId, taskId, zone, filter);
  const { total } = await found.select(({ fn }) => fn.countAll<number>().as("total")).executeTakeFirstOrThrow();
  const rows = await found
    .selectAll()
    .orderBy("call_time", "desc")
    .orderBy("id", "desc")
    .limit(size)
    .offset((page - 1) * size)
    .execute();
  return { calls: await withTags(database, tenantId, rows), total: Number(total), page, size };
}

/** A page of an export: in the order of ids. */
export async function callsAfter(
  database: LeadDatabase,
  tenantId: number,
  taskId: number,
  zone: string,
  { filter, after, limit }: { readonly filter: Filter; readonly after: number; readonly limit: number },
): Promise<readonly (TaggedCall & { readonly id: number })[]> {
  const rows = await callsOf(database, tenantId, taskId, zone, filter)
    .selectAll()
    .where("id", ">", after)
    .orderBy("id")
    .limit(limit)
    .execute();
  return (await withTags(database, tenantId, rows)).map((tagged) => ({ ...tagged, id: tagged.call.id }));
}

/** Writes tags of calls. */
export async function insertTags(
  database: LeadDatabase,
  tenantId: number,
  calls: readonly { readonly id: number; readonly packageId: number; readonly tags: readonly TagInput[] }[],
  at: number,
): Promise<void> {
  const rows = calls.flatMap(({ id, packageId, tags }) =>
    tags.map((tag) => ({ tenant_id: tenantId, call_id: id, package_id: packageId, ...tag, created_at: at })),
  );
  await insertMany(database, "rk_call_tags", rows);
}

/** Day and hour of an instant in a zone, as calls keep them. */
export function placeOf(callTime: number, zone: string): { readonly local_day: string; readonly local_hour: number } {
  const time = formatLocal(callTime, zone);
  return { local_day: time.slice(0, 10), local_hour: Number(time.slice(11, 13)) };
}

/** A call as the figures see it. */
export function countableOf(row: Omit<Row<"rk_calls">, "id">): Countable {
  return {
    packageId: row.package_id,
    taskId: row.task_id,
    day: row.local_day,
    hour: row.local_hour,
    agent: row.agent,
    // Only results are written.
    result: row.result as CallResult,
    isInterested: row.is_interested === 1,
    duration: row.duration,
  };
}
