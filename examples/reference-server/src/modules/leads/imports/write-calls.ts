import { sha256Hex } from "@recallkit/core/ports";
import type { CallResult, TagInput } from "../calls/call.js";
import { countableOf, insertTags, withTags } from "../calls/store.js";
import { insertMany } from "../engine.js";
import type { Merchant } from "../merchant.js";
import { applyTally } from "../metrics/apply-tally.js";
import { count, countTag, emptyTally, type Tally } from "../metrics/tally.js";
import { leadTables, type Row } from "../tables.js";
import { writeTask } from "../tasks/store.js";
import { stateOf } from "../tasks/task.js";

/** A call of a file. */
export interface ImportedCall {
  /** Its name, the same whenever the file is imported. */
  readonly key: string;
  /** E.164; null where rows name nobody. */
  readonly phone: string | null;
  readonly callTime: number;
  readonly local_day: string;
  readonly local_hour: number;
  readonly duration: number;
  readonly result: CallResult;
  readonly isInterested: boolean;
  readonly notes: string;
  readonly customer_name: string;
  readonly company: string;
  readonly agent: string;
  readonly tags: readonly TagInput[];
}

/** Calls that are looked up and written at once. */
const AT_ONCE = 500;

/**
 * Writes calls of a task, few statements for many of them; one that is known by its key is replaced where it says something
 * else. The figures follow in the same transaction. They are history: no lead is called or spared for them.
 */
export async function writeCalls(
  { stores, tenantId, context }: Merchant,
  task: Row<"rk_dial_tasks">,
  calls: readonly ImportedCall[],
): Promise<{ readonly inserted: number; readonly updated: number; readonly unchanged: number }> {
  const now = context.clock.now();
  const db = leadTables(stores);
  const tally = emptyTally();
  const counts = { inserted: 0, updated: 0, unchanged: 0 };
  // Of two rows of one name the last counts.
  const last = [...new Map(calls.map((call) => [call.key, call])).values()];
  counts.unchanged += calls.length - last.length;
  for (let at = 0; at < last.length; at += AT_ONCE) {
    const part = last.slice(at, at + AT_ONCE);
    const keys = part.map(({ key }) => key);
    const find = () =>
      db.selectFrom("rk_calls").selectAll().where("tenant_id", "=", tenantId).where("call_key", "in", keys).execute();
    const known = new Map((await find()).map((row) => [row.call_key, row]));
    const fresh = part.filter(({ key }) => !known.has(key));
    const changed = part.filter((call) => {
      const before = known.get(call.key);
      return before !== undefined && before.row_hash !== hashOf(call);
    });
    counts.inserted += fresh.length;
    counts.updated += changed.length;
    counts.unchanged += part.length - fresh.length - changed.length;
    const rows = fresh.map((call) => ({ ...columnsOf(call), ...placeIn(task, tenantId, now), call_key: call.key }));
    await insertMany(stores, "rk_calls", rows);
    for (const row of rows) count(tally, countableOf(row), 1);
    const before = await withTags(
      stores,
      tenantId,
      changed.flatMap(({ key }) => known.get(key) ?? []),
    );
    for (const { call, tags } of before) {
      count(tally, countableOf(call), -1);
      for (const tag of tags) countTag(tally, tagOf(call.package_id, tag), -1);
    }
    for (const call of changed) {
      const row = known.get(call.key);
      if (!row) continue;
      const change = { ...columnsOf(call), updated_at: now };
      await db.updateTable("rk_calls").set(change).where("tenant_id", "=", tenantId).where("id", "=", row.id).execute();
      await db.deleteFrom("rk_call_tags").where("tenant_id", "=", tenantId).where("call_id", "=", row.id).execute();
      count(tally, countableOf({ ...row, ...change }), 1);
    }
    await writeTags([...fresh, ...changed], find, tally);
  }
  await applyTally(stores, tenantId, tally, now);
  if (stateOf(task) === "pending" && counts.inserted > 0)
    await writeTask(stores, tenantId, task.id, { status: "in_progress", updated_at: now });
  return counts;

  async function writeTags(
    written: readonly ImportedCall[],
    find: () => Promise<Row<"rk_calls">[]>,
    into: Tally,
  ): Promise<void> {
    const tagged = written.filter(({ tags }) => tags.length > 0);
    if (tagged.length === 0) return;
    const rowOf = new Map((await find()).map((row) => [row.call_key, row]));
    const withIds = tagged.flatMap(({ key, tags }) => {
      const row = rowOf.get(key);
      return row ? [{ id: row.id, packageId: row.package_id, tags }] : [];
    });
    await insertTags(stores, tenantId, withIds, now);
    for (const { packageId, tags } of withIds) for (const tag of tags) countTag(into, tagOf(packageId, tag), 1);
  }
}

function tagOf(packageId: number, { tag_name: name, tag_value: value }: Pick<TagInput, "tag_name" | "tag_value">) {
  return { packageId, name, value };
}

function placeIn(task: Row<"rk_dial_tasks">, tenantId: number, now: number) {
  const { id: task_id, package_id } = task;
  return {
    tenant_id: tenantId,
    task_id,
    package_id,
    lead_id: null,
    created_at: now,
    updated_at: now,
    deleted_at: null,
  };
}

function columnsOf(call: ImportedCall) {
  return {
    phone_number: call.phone,
    call_time: call.callTime,
    local_day: call.local_day,
    local_hour: call.local_hour,
    duration: call.duration,
    result: call.result,
    is_interested: call.isInterested ? 1 : 0,
    notes: call.notes,
    customer_name: call.customer_name,
    company: call.company,
    agent: call.agent,
    row_hash: hashOf(call),
  };
}

function hashOf({ key: _, ...facts }: ImportedCall): string {
  return sha256Hex(JSON.stringify(facts)).slice(0, 32);
}
