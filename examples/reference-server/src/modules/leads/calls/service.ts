import { ConflictError, InputError } from "@recallkit/core";
import type * as z from "zod";
import { insertNumbered } from "../engine.js";
import { instantIn } from "../fields.js";
import type { Merchant } from "../merchant.js";
import { applyTally } from "../metrics/apply-tally.js";
import { count, countTag, emptyTally, type Tally } from "../metrics/tally.js";
import { afterCall, assertLease } from "../queue/lead.js";
import { getLead, leadOfPhone, writeLead } from "../queue/store.js";
import { labelCaller } from "../recall/call-labels.js";
import { suppressPhone } from "../recall/do-not-call.js";
import { leadTables, type Row } from "../tables.js";
import { holdTask, writeTask } from "../tasks/store.js";
import { hasEnded, stateOf } from "../tasks/task.js";
import { type CallOutcome, type CallResult, isInterested, outcomeFaults } from "./call.js";
import type { createCallBody, editCallBody } from "./schema.js";
import { countableOf, getCall, insertTags, placeOf, type TaggedCall } from "./store.js";

/**
 * Writes a call down: with its tags, in every figure, and in its lead's history, as one. The first call of a pending task
 * starts it.
 *
 * @throws {ConflictError} `dial-task.ended`, `lead.leased`, `lead.lease-lost`; {InputError} what contradicts itself
 */
export async function recordCall(
  merchant: Merchant,
  taskId: number,
  body: z.output<typeof createCallBody>,
): Promise<TaggedCall> {
  const { stores, tenantId, timeZone, context } = merchant;
  const outcome = { ...body, interested: body.interested };
  assertOutcome(outcome);
  return stores.transaction(async () => {
    const now = context.clock.now();
    const task = await holdTask(stores, tenantId, taskId);
    if (hasEnded(task)) throw new ConflictError("dial-task.ended", `dial task ${taskId} takes no calls any more`);
    const lead = await leadOf(merchant, task.package_id, body, now);
    const phone = body.phone_number ?? lead?.phone_number;
    if (phone === undefined)
      throw new InputError([{ path: "phone_number", code: "call.phone", message: "is required" }]);
    const callTime = body.call_time === undefined ? now : instantIn(body.call_time, timeZone);
    const row = {
      tenant_id: tenantId,
      package_id: task.package_id,
      task_id: taskId,
      lead_id: lead?.id ?? null,
      call_key: null,
      phone_number: phone,
      call_time: callTime,
      ...placeOf(callTime, timeZone),
      duration: body.duration,
      result: body.result,
      is_interested: isInterested(outcome) ? 1 : 0,
      notes: body.notes,
      customer_name: body.customer_name || (lead?.name ?? ""),
      company: body.company || (lead?.company ?? ""),
      agent: body.agent ?? merchant.actorName ?? "",
      row_hash: null,
      created_at: now,
      updated_at: now,
      deleted_at: null,
    };
    const id = await insertNumbered(stores, "rk_calls", row);
    await insertTags(stores, tenantId, [{ id, packageId: task.package_id, tags: body.tags }], now);
    const tally = emptyTally();
    count(tally, countableOf(row), 1);
    countTags(tally, task.package_id, body.tags, 1);
    await applyTally(stores, tenantId, tally, now);
    if (stateOf(task) === "pending")
      await writeTask(stores, tenantId, taskId, { status: "in_progress", updated_at: now });
    if (lead) {
      const callbackAt = body.callback_at === undefined ? null : instantIn(body.callback_at, timeZone);
      const news = { result: body.result, callTime, callbackAt, isRefused: body.do_not_call };
      await writeLead(stores, tenantId, lead.id, { ...afterCall(lead, task, news), updated_at: now });
    }
    if (body.do_not_call) await suppressPhone(merchant, phone);
    await labelCaller(merchant, phone, { result: body.result, isInterested: row.is_interested === 1, tags: body.tags });
    return getCall(stores, tenantId, id);
  });
}

/** The lead that a call was of: the one that is named, else the package's lead of the number. */
async function leadOf(
  { stores, tenantId, actor }: Merchant,
  packageId: number,
  { lead_id: leadId, lease, phone_number: phone }: z.output<typeof createCallBody>,
  now: number,
): Promise<Row<"rk_leads"> | undefined> {
  if (leadId === undefined) return phone === undefined ? undefined : leadOfPhone(stores, tenantId, packageId, phone);
  const lead = await getLead(stores, tenantId, leadId, { hold: true });
  const issue = { path: "lead_id", code: "call.lead", message: "is of another package, or has another number" };
  if (lead.package_id !== packageId || (phone !== undefined && phone !== lead.phone_number))
    throw new InputError([issue]);
  assertLease(lead, { actor, lease, now });
  return lead;
}

/** Changes a call; every figure follows. @throws {InputError} what contradicts itself */
export async function editCall(
  { stores, tenantId, timeZone, context }: Merchant,
  id: number,
  body: z.output<typeof editCallBody>,
): Promise<TaggedCall> {
  return stores.transaction(async () => {
    const now = context.clock.now();
    const { call: found } = await getCall(stores, tenantId, id);
    await holdTask(stores, tenantId, found.task_id);
    const { call: before, tags: tagsBefore } = await getCall(stores, tenantId, id, { hold: true });
    const tags =
      body.tags ?? tagsBefore.map(({ tag_name, tag_value, tag_type }) => ({ tag_name, tag_value, tag_type }));
    // Only results are written.
    const result = body.result ?? (before.result as CallResult);
    const duration = body.duration ?? before.duration;
    // What somebody has said about interest stays said, unless nobody was reached after all.
    const said =
      body.interested ?? (body.tags === undefined ? before.is_interested === 1 && result === "connected" : undefined);
    assertOutcome({ result, duration, interested: body.interested, tags });
    const callTime = body.call_time === undefined ? before.call_time : instantIn(body.call_time, timeZone);
    const change = {
      ...(body.phone_number !== undefined && { phone_number: body.phone_number }),
      ...(body.call_time !== undefined && { call_time: callTime, ...placeOf(callTime, timeZone) }),
      ...(body.notes !== undefined && { notes: body.notes }),
      ...(body.customer_name !== undefined && { customer_name: body.customer_name }),
      ...(body.company !== undefined && { company: body.company }),
      ...(body.agent !== undefined && { agent: body.agent }),
      duration,
      result,
      is_interested: isInterested({ result, interested: said, tags }) ? 1 : 0,
      updated_at: now,
    };
    const tally = emptyTally();
    count(tally, countableOf(before), -1);
    count(tally, countableOf({ ...before, ...change }), 1);
    const db = leadTables(stores);
    await db.updateTable("rk_calls").set(change).where("tenant_id", "=", tenantId).where("id", "=", id).execute();
    if (body.tags !== undefined) {
      countTags(tally, before.package_id, tagsBefore, -1);
      countTags(tally, before.package_id, tags, 1);
      await db.deleteFrom("rk_call_tags").where("tenant_id", "=", tenantId).where("call_id", "=", id).execute();
      await insertTags(stores, tenantId, [{ id, packageId: before.package_id, tags }], now);
    }
    await applyTally(stores, tenantId, tally, now);
    return getCall(stores, tenantId, id);
  });
}

/** Deletes a call; every figure follows. */
export async function deleteCall({ stores, tenantId, context }: Merchant, id: number): Promise<void> {
  await stores.transaction(async () => {
    const now = context.clock.now();
    const { call: found } = await getCall(stores, tenantId, id);
    await holdTask(stores, tenantId, found.task_id);
    const { call, tags } = await getCall(stores, tenantId, id, { hold: true });
    const tally = emptyTally();
    count(tally, countableOf(call), -1);
    countTags(tally, call.package_id, tags, -1);
    await leadTables(stores)
      .updateTable("rk_calls")
      .set({ deleted_at: now, updated_at: now, call_key: null })
      .where("tenant_id", "=", tenantId)
      .where("id", "=", id)
      .execute();
    await applyTally(stores, tenantId, tally, now);
  });
}

function assertOutcome(outcome: CallOutcome): void {
  const faults = outcomeFaults(outcome);
  if (faults.length > 0) throw new InputError(faults);
}

function countTags(
  tally: Tally,
  packageId: number,
  tags: readonly { readonly tag_name: string; readonly tag_value: string }[],
  sign: 1 | -1,
): void {
  for (const { tag_name: name, tag_value: value } of tags) countTag(tally, { packageId, name, value }, sign);
}
