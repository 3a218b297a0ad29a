import type { EngineContext } from "../schedule/engine-context.js";
import { raiseAlerts } from "./alerts.js";
import { definitionOf } from "./rule-version.js";
import { FINAL_DELIVERY_STATES } from "./states.js";
import { applyTransition, LeaseLostError } from "./transition.js";

/**
 * Completes an occurrence once every delivery is final; while one is in review it stays `running`, `blockedOnReview`.
 *
 * @returns true when it is completed now
 */
export async function completeOccurrence(
  context: EngineContext,
  tenantId: number,
  occurrenceId: number,
): Promise<boolean> {
  const at = context.clock.now();
  try {
    const seen = await context.stores.transaction(async (tx) => {
      const occurrence = await tx.occurrences.get(tenantId, occurrenceId);
      if (!occurrence || (occurrence.state !== "running" && occurrence.state !== "paused")) return undefined;
      const deliveries = await tx.deliveries.countByState(tenantId, { occurrenceId });
      const final: readonly string[] = FINAL_DELIVERY_STATES;
      const open = Object.entries(deliveries).filter(([state]) => !final.includes(state));
      const key = { tenantId, id: occurrenceId };
      const from = occurrence.state;
      const blocked = (deliveries.needs_review ?? 0) > 0;
      const raised = await raiseAlerts(tx, occurrence, await definitionOf(tx, occurrence), deliveries, at);
      if (open.length > 0) {
        if (blocked !== occurrence.blockedOnReview)
          await tx.occurrences.transition({ ...key, from: [from] }, from, { blockedOnReview: blocked });
        return { raised };
      }
      const batches = await tx.batches.countByState(tenantId, occurrenceId);
      const to = (batches.rejected ?? 0) + (batches.expired ?? 0) > 0 ? "completed_with_errors" : "completed";
      await applyTransition(
        tx,
        { entity: "occurrence", key, from, to, patch: { finishedAt: at, blockedOnReview: false } },
        at,
      );
      return { raised, ended: { ruleId: occurrence.ruleId, state: to } } as const;
    });
    for (const code of seen?.raised ?? []) context.logger.warn(code, { tenantId, occurrenceId });
    if (!seen?.ended) return false;
    context.emit({ type: "occurrence", tenantId, occurrenceId, ...seen.ended, reason: null });
    return true;
  } catch (error) {
    // Another worker completed or cancelled it between our read and our write.
    if (error instanceof LeaseLostError) return false;
    throw error;
  }
}
