import type { EngineContext } from "../engine/engine-context.js";
import type { Channel, FoundMessage } from "../ports/channel.js";
import { definitionOf } from "../rule/rule-version.js";
import type { Batch } from "./batch.js";
import { completeOccurrence } from "./complete.js";
import { alarm, alarmOfCopies, callOff, warn } from "./doubt.js";
import { withHeartbeat } from "./heartbeat.js";
import { lookUp } from "./look-up.js";
import { moveMembers } from "./members.js";
import { moveBatch, moveDeliveries } from "./moves.js";
import { settlePeople } from "./reconcile-people.js";
import { type NoRepeat, repeatBatch } from "./repeat.js";
import { giveBack } from "./spend.js";
import { LeaseLostError } from "./transition.js";

const MAX_RESENDS = 3;
/** Why a batch is unknown that the ledger, restored from a backup, may have sent without knowing. */
export const RESTORED = "restored";
/** How far the provider's clock may be behind ours. */
const SKEW_MS = 300_000;

/** Claims batches whose outcome is unknown and due to be cleared up, at most `limit`. */
export async function claimToReconcile(context: EngineContext, limit: number): Promise<readonly Batch[]> {
  const now = context.clock.now();
  const lease = { owner: context.owner, now, until: now + context.timings.leaseMs, limit };
  return context.stores.transaction(async (tx) => {
    const batches = await tx.batches.claim("reconcile", lease);
    for (const batch of batches) await moveBatch(tx, batch, "unknown", "reconciling", now);
    return batches;
  });
}

/** Clears up a batch that {@link claimToReconcile} claimed, by its marker or those of its people. */
export async function reconcileBatch(context: EngineContext, batch: Batch): Promise<void> {
  try {
    await withHeartbeat(context, batch, () => reconcile(context, batch));
  } catch (error) {
    if (!LeaseLostError.is(error)) throw error;
  }
  await completeOccurrence(context, batch.tenantId, batch.occurrenceId);
}

async function reconcile(context: EngineContext, batch: Batch): Promise<void> {
  const { stores, clock, timings } = context;
  const occurrence = await stores.occurrences.get(batch.tenantId, batch.occurrenceId);
  if (!occurrence) return;
  const { onUnknown } = await definitionOf(stores, occurrence);
  if (batch.capability === "none" && onUnknown === "hold") return review(context, batch);
  // The rule asks for it, or the provider drops the repeat by its key.
  if (batch.capability !== "lookup") return repeat(context, batch);
  const attemptedAt = batch.attemptedAt ?? batch.createdAt;
  // Taken before the question: a process may stand still before it asks, and the answer is about this instant.
  const askedAt = clock.now();
  const earliest = batch.reason === RESTORED ? (occurrence.startedAt ?? batch.createdAt) : attemptedAt;
  const found = await lookUp(context, batch, { from: earliest - SKEW_MS, to: askedAt });
  if (!found) return later(context, batch);
  const isSettled = askedAt - attemptedAt >= timings.settleWindowMs;
  const isToResend = isSettled && mayResend(batch, clock.now(), occurrence);
  if (found.channel.personal) {
    const end = await settlePeople(context, batch, found, { mayResend: isToResend });
    if (end === "nobody-there") return resend(context, batch);
    return end === "open" ? later(context, batch) : undefined;
  }
  const [first] = found.messages;
  if (first) return accept(context, batch, found.channel, first, found.messages.slice(1));
  return isToResend ? resend(context, batch) : later(context, batch);
}

function mayResend(batch: Batch, now: number, { expiresAt }: { readonly expiresAt: number }): boolean {
  return batch.resends < MAX_RESENDS && now < expiresAt;
}

/** Found: the call did happen. A second copy is called off where the provider can. */
async function accept(
  context: EngineContext,
  batch: Batch,
  channel: Channel,
  found: FoundMessage,
  copies: readonly FoundMessage[],
): Promise<void> {
  const at = context.clock.now();
  const { providerMessageId } = found;
  const acceptedAt = Math.max(found.createdAt, batch.attemptedAt ?? 0);
  await context.stores.transaction(async (tx) => {
    const patch = {
      providerMessageId,
      acceptedAt,
      notBefore: at + context.timings.resultsPollMs,
      settled: channel.results === undefined,
    };
    await moveBatch(tx, batch, "reconciling", "accepted", at, patch);
    const { tenantId, id: batchId } = batch;
    const accepted = { reason: null, acceptedAt, providerMessageId };
    await moveDeliveries(tx, tenantId, { batchId }, "unknown", "accepted", at, accepted);
    await alarmOfCopies(tx, batch, copies, at);
  });
  await callOff(context, batch, channel, copies);
}

/** Nobody can look, but a repeat is harmless or wanted; where it must not go out any more, a person decides. */
async function repeat(context: EngineContext, batch: Batch): Promise<void> {
  if (batch.resends >= MAX_RESENDS) return later(context, batch);
  let hindrance: NoRepeat | undefined;
  try {
    hindrance = await repeatBatch(context, batch);
  } catch (error) {
    if (LeaseLostError.is(error)) throw error;
    warn(context, batch, "batch.repeat_failed", error);
    return later(context, batch);
  }
  if (hindrance === "unwanted") return review(context, batch);
  if (hindrance === "closed") return later(context, batch);
  if (hindrance) return inTheMorning(context, batch, hindrance.quietUntil);
}

/** Certainly not there: the whole batch goes out again. */
async function resend(context: EngineContext, batch: Batch): Promise<void> {
  const at = context.clock.now();
  await context.stores.transaction(async (tx) => {
    const patch = { resends: batch.resends + 1, lookUps: 0, notBefore: at };
    await moveBatch(tx, batch, "reconciling", "pending", at, patch);
    await moveMembers(tx, batch, "unknown", "in_batch", null, at);
    await giveBack(tx, batch);
  });
}

/** Not yet known: the next look-up by the schedule, or a person when it is used up. */
async function later(context: EngineContext, batch: Batch): Promise<void> {
  const at = context.clock.now();
  const lookUps = batch.lookUps + 1;
  const offset = context.timings.reconcileScheduleMs[lookUps];
  if (offset === undefined) return review(context, batch);
  const notBefore = Math.max((batch.attemptedAt ?? at) + offset, at);
  await context.stores.transaction((tx) => moveBatch(tx, batch, "reconciling", "unknown", at, { lookUps, notBefore }));
}

/** Waits for permitted hours, which uses up no look-up. */
async function inTheMorning(context: EngineContext, batch: Batch, notBefore: number): Promise<void> {
  const at = context.clock.now();
  await context.stores.transaction((tx) => moveBatch(tx, batch, "reconciling", "unknown", at, { notBefore }));
}

async function review(context: EngineContext, batch: Batch): Promise<void> {
  const at = context.clock.now();
  await context.stores.transaction(async (tx) => {
    await moveBatch(tx, batch, "reconciling", "needs_review", at);
    await moveMembers(tx, batch, "unknown", "needs_review", null, at);
    await alarm(tx, batch, "batch.needs_review", "nobody knows whether it was sent", at);
  });
  context.logger.warn("batch.needs_review", { tenantId: batch.tenantId, batchId: batch.id });
}
