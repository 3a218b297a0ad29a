import * as z from "zod";
import { callChannel } from "../engine/call-channel.js";
import type { EngineContext } from "../engine/engine-context.js";
import { ConflictError, NotFoundError, RecallKitError } from "../errors.js";
import type { Channel } from "../ports/channel.js";
import type { Batch } from "./batch.js";
import { moveBatch, moveDeliveries, moveOccurrence } from "./moves.js";
import type { Occurrence } from "./occurrence.js";
import { type OccurrenceStatus, occurrenceStatus } from "./occurrence-status.js";
import { giveBack } from "./spend.js";
import { FINAL_OCCURRENCE_STATES, SENDING_BATCH_STATES } from "./states.js";
import type { TaskResult } from "./tasks.js";
import { onWaitingTasks } from "./tasks.js";
import { LeaseLostError } from "./transition.js";

/** What cancelling an occurrence came to. */
export interface CancelResult {
  /** The occurrence after the cancel. */
  readonly occurrence: OccurrenceStatus;
  /** Tasks cancelled at the provider. */
  readonly tasks: TaskResult;
}

export const cancelOptionsSchema = z.strictObject({ tasks: z.boolean().optional() });

const CHUNK = 1000;
const NO_TASKS: TaskResult = { done: 0, failed: [] };

/**
 * Ends an occurrence: what was not handed to the provider never will be; with `tasks`, staff's unconfirmed tasks are
 * cancelled at the provider too. A batch that is being sent at this moment ends by itself.
 *
 * @throws {NotFoundError} `occurrence.not-found`; {ConflictError} `occurrence.finished`: nothing was left to cancel
 */
export async function cancelOccurrence(
  context: EngineContext,
  tenantId: number,
  occurrenceId: number,
  { tasks: withTasks = true }: { readonly tasks?: boolean } = {},
): Promise<CancelResult> {
  const ended = await endOccurrence(context, tenantId, occurrenceId);
  const tasks = withTasks ? await cancelTasks(context, tenantId, occurrenceId) : NO_TASKS;
  if (!ended && tasks.done === 0 && tasks.failed.length === 0) {
    throw new ConflictError("occurrence.finished", `nothing is left to cancel in occurrence ${occurrenceId}`);
  }
  return { occurrence: await occurrenceStatus(context.stores, tenantId, occurrenceId), tasks };
}

/** The state first, by which every gate is shut; then the rows, in pieces. @returns false when it had ended before */
async function endOccurrence(context: EngineContext, tenantId: number, id: number): Promise<boolean> {
  const at = context.clock.now();
  const cancelled = await context.stores.transaction(async (tx): Promise<Occurrence | undefined> => {
    const occurrence = await tx.occurrences.get(tenantId, id, "exclusive");
    if (!occurrence) throw new NotFoundError("occurrence.not-found", `no occurrence ${id}`);
    const { state: from } = occurrence;
    if (FINAL_OCCURRENCE_STATES.includes(from)) return undefined;
    const patch = { reason: "operator", blockedOnReview: false };
    await moveOccurrence(tx, { tenantId, id }, from, "cancelled", at, patch);
    return { ...occurrence, ...patch, state: "cancelled" };
  });
  if (!cancelled) return false;
  await clearCancelled(context, cancelled);
  const { ruleId, state, reason } = cancelled;
  context.emit({ type: "occurrence", tenantId, occurrenceId: id, ruleId, state, reason });
  return true;
}

/**
 * Cancels what a cancelled occurrence still holds, for the same reason. It is finished once no call is in flight or looked up
 * either: one that came to nothing leaves its people as if they had waited. Asked again when such a call is over, and by the
 * sweep after a crash.
 *
 * @returns whether it is finished now
 */
export async function clearCancelled(
  context: Pick<EngineContext, "stores" | "clock">,
  { tenantId, id, reason }: Pick<Occurrence, "tenantId" | "id" | "reason">,
): Promise<boolean> {
  const { stores, clock } = context;
  for (let cancelled = 1; cancelled > 0; ) {
    const { items } = await stores.batches.list(tenantId, {
      occurrenceId: id,
      states: ["pending", "leased", "dead"],
      limit: 100,
    });
    cancelled = 0;
    for (const batch of items) cancelled += (await cancelBatch(context, batch, reason)) ? 1 : 0;
  }
  for (let moved = CHUNK; moved === CHUNK; ) {
    const selector = { occurrenceId: id, limit: CHUNK };
    moved = await stores.transaction((tx) =>
      moveDeliveries(tx, tenantId, selector, "queued", "cancelled", clock.now(), { reason }),
    );
  }
  const open = await stores.batches.list(tenantId, { occurrenceId: id, states: SENDING_BATCH_STATES, limit: 1 });
  if (open.items.length > 0) return false;
  const key = { tenantId, id, from: ["cancelled"] } as const;
  return stores.occurrences.transition(key, "cancelled", { finishedAt: clock.now() });
}

/** @returns false when a worker was faster: its batch is out, or is ours in the next round */
async function cancelBatch(
  context: Pick<EngineContext, "stores" | "clock">,
  batch: Batch,
  reason: string | null,
): Promise<boolean> {
  const { tenantId, id, state } = batch;
  if (state !== "pending" && state !== "leased" && state !== "dead") return false;
  const at = context.clock.now();
  const patch = { reason };
  try {
    await context.stores.transaction(async (tx) => {
      await moveBatch(tx, batch, state, "cancelled", at, patch);
      const selector = { batchId: id };
      await moveDeliveries(tx, tenantId, selector, "in_batch", "cancelled", at, patch);
      await giveBack(tx, batch);
    });
    return true;
  } catch (error) {
    if (LeaseLostError.is(error)) return false;
    throw error;
  }
}

/** Only the provider's own yes makes people `not_delivered`; a report of sending that still comes makes them `delivered`. */
function cancelTasks(context: EngineContext, tenantId: number, occurrenceId: number): Promise<TaskResult> {
  const { stores, clock } = context;
  const cancelTask = async (channel: Channel, batch: Batch, providerMessageId: string): Promise<void> => {
    if (!channel.cancel) throw new RecallKitError("channel.cancel-unavailable", `${channel.name} can't cancel`);
    await callChannel(context, channel.name, async (signal) => channel.cancel?.(providerMessageId, { signal }));
    const selector = { batchId: batch.id };
    const patch = { reason: "cancelled" };
    await stores.transaction((tx) =>
      moveDeliveries(tx, tenantId, selector, "accepted", "not_delivered", clock.now(), patch),
    );
  };
  return onWaitingTasks(context, tenantId, occurrenceId, cancelTask);
}
