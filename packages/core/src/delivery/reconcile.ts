import type { EngineContext } from "../engine/engine-context.js";
import { RecallKitError } from "../errors.js";
import type { Channel, FoundMessage } from "../ports/channel.js";
import type { Stores } from "../ports/stores.js";
import { renderContent } from "../rule/render.js";
import { definitionOf } from "../rule/rule-version.js";
import type { Batch } from "./batch.js";
import { completeOccurrence } from "./complete.js";
import { withHeartbeat } from "./heartbeat.js";
import { moveMembers } from "./members.js";
import { moveBatch } from "./moves.js";
import { type NoRepeat, repeatBatch } from "./repeat.js";
import { LeaseLostError } from "./transition.js";

const MAX_RESENDS = 3;
/** Why a batch is unknown that the ledger, restored from a backup, may have sent without knowing. */
export const RESTORED = "restored";
/** How far the provider's clock may be behind ours. */
const SKEW_MS = 300_000;

/** Clears up batches whose outcome is unknown, by their marker. @returns batches worked on */
export async function reconcileDue(context: EngineContext): Promise<number> {
  const now = context.clock.now();
  const lease = { owner: context.owner, now, until: now + context.timings.leaseMs, limit: context.concurrency };
  const claimed = await context.stores.transaction(async (tx) => {
    const batches = await tx.batches.claim("reconcile", lease);
    for (const batch of batches) await moveBatch(tx, batch, "unknown", "reconciling", now);
    return batches;
  });
  for (const batch of claimed) {
    try {
      await reconcile(context, batch);
    } catch (error) {
      if (!LeaseLostError.is(error)) throw error;
    }
    await completeOccurrence(context, batch.tenantId, batch.occurrenceId);
  }
  return claimed.length;
}

async function reconcile(context: EngineContext, batch: Batch): Promise<void> {
  const channel = await context.channel(batch.tenantId, batch.channel);
  const occurrence = await context.stores.occurrences.get(batch.tenantId, batch.occurrenceId);
  if (!occurrence) return;
  const definition = await definitionOf(context.stores, occurrence);
  if (batch.capability === "none" && definition.onUnknown === "hold") return review(context, batch);
  // The rule asks for it, or the provider drops the repeat by its key.
  if (batch.capability !== "lookup") return repeat(context, batch);
  if (!channel?.lookUp) return later(context, batch);
  const tenant = await context.stores.tenants.get(batch.tenantId);
  const content = renderContent(definition, occurrence, tenant?.name ?? "");
  const attemptedAt = batch.attemptedAt ?? batch.createdAt;
  // Taken before the question: a process may stand still before it asks, and the answer is about this instant.
  const askedAt = context.clock.now();
  const earliest = batch.reason === RESTORED ? (occurrence.startedAt ?? batch.createdAt) : attemptedAt;
  const query = { marker: batch.marker, content, from: earliest - SKEW_MS, to: askedAt };
  let found: readonly FoundMessage[];
  try {
    found = await channel.lookUp(query, { signal: context.callSignal });
  } catch (error) {
    warn(context, batch, "batch.look_up_failed", error);
    return later(context, batch);
  }
  const [first] = found;
  if (first) return accept(context, batch, channel, first, found.slice(1));
  const settled = askedAt - attemptedAt >= context.timings.settleWindowMs;
  return settled ? resend(context, batch, occurrence.expiresAt) : later(context, batch);
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
  const acceptedAt = Math.max(found.createdAt, batch.attemptedAt ?? 0);
  await context.stores.transaction(async (tx) => {
    const patch = {
      providerMessageId: found.providerMessageId,
      acceptedAt,
      notBefore: at + context.timings.resultsPollMs,
      settled: channel.results === undefined,
    };
    await moveBatch(tx, batch, "reconciling", "accepted", at, patch);
    await moveMembers(tx, batch, "unknown", "accepted", null, acceptedAt);
    if (copies.length > 0)
      await alarm(tx, batch, "batch.duplicate_detected", `${copies.length + 1} messages carry one marker`, at);
  });
  for (const copy of copies) {
    context.logger.error("batch.duplicate_detected", { tenantId: batch.tenantId, batchId: batch.id });
    try {
      await channel.cancel?.(copy.providerMessageId, { signal: context.callSignal });
    } catch (error) {
      warn(context, batch, "batch.cancel_failed", error);
    }
  }
}

/** Nobody can look, but a repeat is harmless or wanted; where it must not go out any more, a person decides. */
async function repeat(context: EngineContext, batch: Batch): Promise<void> {
  if (batch.resends >= MAX_RESENDS) return later(context, batch);
  let hindrance: NoRepeat | undefined;
  try {
    hindrance = await withHeartbeat(context, batch, () => repeatBatch(context, batch));
  } catch (error) {
    if (LeaseLostError.is(error)) throw error;
    warn(context, batch, "batch.repeat_failed", error);
    return later(context, batch);
  }
  if (hindrance === "unwanted") return review(context, batch);
  if (hindrance === "closed") return later(context, batch);
}

/** Certainly not there: the whole batch goes out again, unless that was tried often enough or it is too late. */
async function resend(context: EngineContext, batch: Batch, expiresAt: number): Promise<void> {
  const at = context.clock.now();
  if (batch.resends >= MAX_RESENDS || at >= expiresAt) return later(context, batch);
  await context.stores.transaction(async (tx) => {
    const patch = { resends: batch.resends + 1, lookUps: 0, notBefore: at };
    await moveBatch(tx, batch, "reconciling", "pending", at, patch);
    await moveMembers(tx, batch, "unknown", "in_batch", null, at);
    await tx.deliveries.refundCaps(batch.tenantId, batch.id);
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

async function review(context: EngineContext, batch: Batch): Promise<void> {
  const at = context.clock.now();
  await context.stores.transaction(async (tx) => {
    await moveBatch(tx, batch, "reconciling", "needs_review", at);
    await moveMembers(tx, batch, "unknown", "needs_review", null, at);
    await alarm(tx, batch, "batch.needs_review", "nobody knows whether it was sent", at);
  });
  context.logger.warn("batch.needs_review", { tenantId: batch.tenantId, batchId: batch.id });
}

function warn(context: EngineContext, { tenantId, id }: Batch, event: string, error: unknown): void {
  context.logger.warn(event, { tenantId, batchId: id, code: RecallKitError.is(error) ? error.code : "bug" });
}

function alarm(tx: Stores, batch: Batch, code: string, detail: string, at: number): Promise<void> {
  return tx.alarms.add({ tenantId: batch.tenantId, code, entity: "batch", entityId: batch.id, detail, at });
}
