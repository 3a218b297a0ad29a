import type { EngineContext } from "../engine/engine-context.js";
import { raiseAlerts } from "./alerts.js";
import type { Batch } from "./batch.js";
import { clearCancelled } from "./cancel.js";
import { completeOccurrence } from "./complete.js";
import { expireBatch } from "./expire.js";
import { handOnEnded } from "./hand-on.js";
import { moveMembers } from "./members.js";
import { moveBatch } from "./moves.js";
import type { Occurrence } from "./occurrence.js";
import { LeaseLostError } from "./transition.js";

const ROWS = 100;

/** Puts right what nobody works on any more: ended leases, expired batches, finished occurrences. @returns rows changed */
export async function sweep(context: EngineContext): Promise<number> {
  const now = context.clock.now();
  let changed = 0;
  for (const batch of await context.stores.batches.abandoned(now, ROWS))
    changed += await settled(() => abandon(context, batch, now));
  for (const batch of await context.stores.batches.expired(now, ROWS))
    changed += await settled(() => expire(context, batch, now));
  for (let afterId = 0, page = ROWS; page === ROWS; ) {
    const ended = await context.stores.batches.handingOn(afterId, ROWS);
    for (const batch of ended) changed += (await handOnEnded(context, batch)) ? 1 : 0;
    page = ended.length;
    afterId = ended.at(-1)?.id ?? 0;
  }
  for (let afterId = 0, page = ROWS; page === ROWS; ) {
    const open = await context.stores.occurrences.unfinished(afterId, ROWS);
    for (const occurrence of open) changed += (await finish(context, occurrence)) ? 1 : 0;
    page = open.length;
    afterId = open.at(-1)?.id ?? 0;
  }
  return changed;
}

/** Completes what is done, and takes up a cancellation that was cut off. */
async function finish(context: EngineContext, occurrence: Occurrence): Promise<boolean> {
  if (occurrence.state === "cancelled") return clearCancelled(context, occurrence);
  const { tenantId, id: occurrenceId } = occurrence;
  const raised = await context.stores.transaction((tx) => raiseAlerts(tx, occurrence, context.clock.now()));
  for (const code of raised) context.logger.warn(code, { tenantId, occurrenceId });
  return completeOccurrence(context, tenantId, occurrenceId);
}

/** A worker is gone. Before its intent nothing happened; after it nobody knows. */
async function abandon(context: EngineContext, batch: Batch, at: number): Promise<void> {
  await context.stores.transaction(async (tx) => {
    if (batch.state === "leased") {
      await moveBatch(tx, batch, "leased", "pending", at, { reason: "lease_expired" });
    } else if (batch.state === "reconciling") {
      await moveBatch(tx, batch, "reconciling", "unknown", at, { notBefore: at });
    } else {
      const notBefore = Math.max((batch.attemptedAt ?? at) + (context.timings.reconcileScheduleMs[0] ?? 0), at);
      await moveBatch(tx, batch, "dispatching", "unknown", at, { lookUps: 0, notBefore });
      await tx.attempts.closeOpen(batch.tenantId, batch.id, { class: "UNKNOWN", answer: null, endedAt: at });
      await moveMembers(tx, batch, "in_batch", "unknown", null, at);
    }
  });
  context.logger.warn("batch.abandoned", { tenantId: batch.tenantId, batchId: batch.id, state: batch.state });
}

async function expire(context: EngineContext, batch: Batch, at: number): Promise<void> {
  await context.stores.transaction((tx) => expireBatch(tx, batch, at));
  context.logger.warn("batch.expired", { tenantId: batch.tenantId, batchId: batch.id });
}

async function settled(work: () => Promise<void>): Promise<number> {
  try {
    await work();
    return 1;
  } catch (error) {
    // Somebody took the row between our read and our write: good.
    if (LeaseLostError.is(error)) return 0;
    throw error;
  }
}
