import type { EngineContext } from "../schedule/engine-context.js";
import type { Batch } from "./batch.js";
import { moveMembers } from "./members.js";
import type { BatchState } from "./states.js";
import { applyTransition } from "./transition.js";

/**
 * The answer of an attempt whose lease is gone: always believed. The batch becomes `accepted` from whatever open state it is in;
 * where it has moved on by itself, only the attempt row tells.
 */
export async function believeLateAnswer(
  context: EngineContext,
  batch: Batch,
  answer: { readonly providerMessageId: string; readonly answer: string; readonly at: number },
): Promise<BatchState> {
  const { tenantId, id } = batch;
  const { providerMessageId, at } = answer;
  return context.stores.transaction(async (tx) => {
    const current = await tx.batches.get(tenantId, id);
    if (!current) return batch.state;
    const attemptId = await tx.attempts.open({
      tenantId,
      batchId: id,
      number: batch.attempts + 1,
      leaseEpoch: batch.leaseEpoch,
      startedAt: at,
    });
    await tx.attempts.close(tenantId, attemptId, { class: "OK", answer: answer.answer, endedAt: at });
    const { state } = current;
    if (state !== "unknown" && state !== "reconciling" && state !== "needs_review") return state;
    const patch = { providerMessageId, acceptedAt: at, notBefore: at + context.timings.resultsPollMs };
    await applyTransition(tx, { entity: "batch", key: current, from: state, to: "accepted", patch, release: true }, at);
    await moveMembers(tx, batch, state === "needs_review" ? "needs_review" : "unknown", "accepted", null, at);
    return "accepted";
  });
}
