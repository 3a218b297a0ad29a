import type { EngineContext } from "../engine/engine-context.js";
import type { Channel } from "../ports/channel.js";
import type { Stores } from "../ports/stores.js";
import type { Batch } from "./batch.js";
import { insist } from "./insist.js";
import { moveBatch } from "./moves.js";
import { type Answer, settleRecipients } from "./settle-recipients.js";
import type { BatchState } from "./states.js";

/** An answer that accepts somebody. */
export interface LateAnswer extends Omit<Answer, "from"> {
  readonly providerMessageId: string;
  /** Redacted, for the attempt row. */
  readonly text: string;
}

/**
 * The answer of an attempt whose lease is gone: always believed. The batch becomes `accepted` from whatever open state it is in;
 * where it has moved on by itself, only the attempt row tells.
 */
export async function believeLateAnswer(
  context: EngineContext,
  batch: Batch,
  channel: Channel,
  { providerMessageId, text, ...answer }: LateAnswer,
): Promise<BatchState> {
  const { tenantId, id } = batch;
  const { at } = answer;
  const believe = async (tx: Stores): Promise<BatchState> => {
    const current = await tx.batches.get(tenantId, id, "exclusive");
    if (!current) return batch.state;
    const attemptId = await tx.attempts.open({
      tenantId,
      batchId: id,
      number: batch.attempts + 1,
      leaseEpoch: batch.leaseEpoch,
      startedAt: at,
    });
    await tx.attempts.close(tenantId, attemptId, { class: "OK", answer: text, endedAt: at });
    const { state } = current;
    if (state !== "unknown" && state !== "reconciling" && state !== "needs_review") return state;
    const patch = {
      providerMessageId,
      acceptedAt: at,
      notBefore: at + context.timings.resultsPollMs,
      settled: channel.results === undefined,
    };
    await moveBatch(tx, current, state, "accepted", at, patch);
    const from = state === "needs_review" ? "needs_review" : "unknown";
    await settleRecipients(tx, context, batch, channel, { ...answer, from });
    return "accepted";
  };
  return insist(context, () => context.stores.transaction(believe));
}
