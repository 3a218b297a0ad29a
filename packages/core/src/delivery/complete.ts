import type { EngineContext } from "../engine/engine-context.js";
import type { RowLock } from "../ports/row-lock.js";
import type { Stores } from "../ports/stores.js";
import { raiseAlerts } from "./alerts.js";
import { clearCancelled } from "./cancel.js";
import { moveOccurrence } from "./moves.js";
import type { Occurrence } from "./occurrence.js";
import { OPEN_DELIVERY_STATES } from "./states.js";
import { LeaseLostError } from "./transition.js";

/**
 * Completes an occurrence once every delivery is final and nobody may be handed to a next channel any more; while one is in review it stays `running`, `blockedOnReview`.
 *
 * Asked after every batch, so what is still open is found by an index; people are counted in the end only, and by the sweep.
 * Of a cancelled occurrence, what the batch brought back is cancelled with it.
 *
 * @returns true when it is completed now
 */
export async function completeOccurrence(
  context: EngineContext,
  tenantId: number,
  occurrenceId: number,
): Promise<boolean> {
  const at = context.clock.now();
  // Without a transaction first, since one would wait for those who write other batches of it.
  const first = await newsOf(context.stores, tenantId, occurrenceId, at);
  if (!first) return false;
  if (first.occurrence.state === "cancelled") {
    await clearCancelled(context, first.occurrence);
    return false;
  }
  try {
    const seen = await context.stores.transaction(async (tx) => {
      const news = await newsOf(tx, tenantId, occurrenceId, at, "exclusive");
      // Cancelled meanwhile: whoever did it, or the sweep, sees to the rest.
      if (!news || news.occurrence.state === "cancelled") return undefined;
      const { occurrence, isOpen, blockedOnReview } = news;
      const key = { tenantId, id: occurrenceId };
      const from = occurrence.state;
      if (isOpen) {
        await tx.occurrences.transition({ ...key, from: [from] }, from, { blockedOnReview });
        return { raised: await raiseAlerts(tx, occurrence, at) };
      }
      const batches = await tx.batches.countByState(tenantId, occurrenceId);
      const to = (batches.rejected ?? 0) + (batches.expired ?? 0) > 0 ? "completed_with_errors" : "completed";
      await moveOccurrence(tx, key, from, to, at, { finishedAt: at, blockedOnReview });
      const ended = { ruleId: occurrence.ruleId, state: to } as const;
      return { raised: await raiseAlerts(tx, occurrence, at), ended };
    });
    for (const code of seen?.raised ?? []) context.logger.warn(code, { tenantId, occurrenceId });
    if (!seen?.ended) return false;
    context.emit({ type: "occurrence", tenantId, occurrenceId, ...seen.ended, reason: null });
    return true;
  } catch (error) {
    // Another worker completed or cancelled it between our read and our write.
    if (LeaseLostError.is(error)) return false;
    throw error;
  }
}

/** An occurrence that is done, that began or ceased to wait for a decision, or is cancelled and not at its end; undefined: nothing to write. */
async function newsOf(
  stores: Stores,
  tenantId: number,
  occurrenceId: number,
  at: number,
  lock?: RowLock,
): Promise<{ occurrence: Occurrence; isOpen: boolean; blockedOnReview: boolean } | undefined> {
  const occurrence = await stores.occurrences.get(tenantId, occurrenceId, lock);
  if (occurrence?.state === "cancelled" && occurrence.finishedAt === null) {
    return { occurrence, isOpen: true, blockedOnReview: false };
  }
  if (!occurrence || (occurrence.state !== "running" && occurrence.state !== "paused")) return undefined;
  const isOpen =
    (await stores.deliveries.hasAny(tenantId, occurrenceId, OPEN_DELIVERY_STATES)) ||
    (at < occurrence.expiresAt && (await stores.batches.mayHandOn(tenantId, occurrenceId)));
  const blockedOnReview = isOpen && (await stores.deliveries.hasAny(tenantId, occurrenceId, ["needs_review"]));
  return isOpen && blockedOnReview === occurrence.blockedOnReview ? undefined : { occurrence, isOpen, blockedOnReview };
}
