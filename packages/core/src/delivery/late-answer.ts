import type { EngineContext } from "../engine/engine-context.js";
import type { Channel, SendOutcome } from "../ports/channel.js";
import type { Stores } from "../ports/stores.js";
import type { LateCall } from "./ask-channel.js";
import type { Batch } from "./batch.js";
import { checkedOutcomes } from "./check-answers.js";
import { completeOccurrence } from "./complete.js";
import { codeOf } from "./failure.js";
import { insist } from "./insist.js";
import { moveBatch } from "./moves.js";
import { type Answer, settleRecipients, sharedMessage } from "./settle-recipients.js";
import type { BatchState } from "./states.js";

/** An answer that accepts somebody. */
export interface LateAnswer extends Omit<Answer, "from"> {
  /** Redacted, for the attempt row. */
  readonly text: string;
}

/**
 * The answer of an attempt whose lease is gone: always believed. The batch becomes `accepted` from whatever open state it is
 * in, unless somebody of it is still not known of; where it has moved on by itself, only the attempt row tells.
 */
export async function believeLateAnswer(
  context: EngineContext,
  batch: Batch,
  channel: Channel,
  { text, ...answer }: LateAnswer,
): Promise<BatchState> {
  const { tenantId, id } = batch;
  const { at } = answer;
  const believe = async (tx: Stores): Promise<BatchState> => {
    const current = await tx.batches.get(tenantId, id, "exclusive");
    if (!current) return batch.state;
    const attemptId = await tx.attempts.open({
      tenantId,
      batchId: id,
      kind: "send",
      number: batch.attempts + 1,
      leaseEpoch: batch.leaseEpoch,
      startedAt: at,
    });
    await tx.attempts.close(tenantId, attemptId, { class: "OK", answer: text, endedAt: at });
    const { state } = current;
    if (state !== "unknown" && state !== "reconciling" && state !== "needs_review") return state;
    const from = state === "needs_review" ? "needs_review" : "unknown";
    // A person of whom this answer says nothing certain is still looked up.
    const known = channel.personal ? onlyAccepted(answer) : answer;
    await settleRecipients(tx, context, batch, channel, { ...known, from });
    if (channel.personal && (await tx.deliveries.people(tenantId, id, from)).length > 0) return state;
    const patch = {
      providerMessageId: sharedMessage(answer.outcomes),
      acceptedAt: at,
      notBefore: at + context.timings.resultsPollMs,
      settled: channel.results === undefined,
    };
    await moveBatch(tx, current, state, "accepted", at, patch);
    return "accepted";
  };
  return insist(context, () => context.stores.transaction(believe));
}

function onlyAccepted(answer: Omit<Answer, "from">): Omit<Answer, "from"> {
  const isAccepted = (index: number) => answer.outcomes[index]?.kind === "accepted";
  return {
    ...answer,
    addresses: answer.addresses.filter((_, index) => isAccepted(index)),
    outcomes: answer.outcomes.filter((_, index) => isAccepted(index)),
  };
}

/** Believes what a call that was given up says after all. Nobody waits for it, and whatever it is, nothing else ends by it. */
export function believeLater(context: EngineContext, batch: Batch, channel: Channel, late: LateCall): void {
  const { tenantId, id: batchId } = batch;
  const believe = async () => {
    const outcomes = checkedOutcomes(channel.name, await late.answer, late.recipients.length);
    if (!outcomes.some(isAccepted)) return;
    const addresses = late.recipients.map(({ address }) => address);
    const text = JSON.stringify({ recipients: outcomes.length, late: true });
    const state = await believeLateAnswer(context, batch, channel, {
      text,
      addresses,
      outcomes,
      at: context.clock.now(),
    });
    context.logger.warn("batch.late_answer", { tenantId, batchId, state });
    await completeOccurrence(context, tenantId, batch.occurrenceId);
    context.bell.ring();
  };
  believe().catch((error: unknown) => {
    context.logger.warn("batch.late_answer_lost", { tenantId, batchId, code: codeOf(error) });
  });
}

function isAccepted({ kind }: SendOutcome): boolean {
  return kind === "accepted";
}
