import { callChannel } from "../engine/call-channel.js";
import type { EngineContext } from "../engine/engine-context.js";
import { ChannelError, RecallKitError } from "../errors.js";
import type { ChannelKey } from "../ports/batch-store.js";
import { contentHash, isOtherContent } from "../rule/render.js";
import { askChannel } from "./ask-channel.js";
import type { Batch } from "./batch.js";
import { completeOccurrence } from "./complete.js";
import { divideBatch } from "./divide.js";
import { withHeartbeat } from "./heartbeat.js";
import { type Intent, recordIntent } from "./intent.js";
import { believeLater } from "./late-answer.js";
import { messageOf, refusalOf } from "./message.js";
import { moveBatch } from "./moves.js";
import type { Message } from "./recipients.js";
import { returnBatch, settleFailure, settleOutcomes } from "./settle.js";
import type { BatchState } from "./states.js";
import { LeaseLostError } from "./transition.js";

/**
 * Claims due batches to send, at most `limit`, beside as many probes of channels that did not work, one each.
 */
export async function claimToSend(context: EngineContext, limit: number): Promise<readonly Batch[]> {
  const now = context.clock.now();
  const lease = { owner: context.owner, now, until: now + context.timings.leaseMs, limit };
  const { shut, probed } = context.breakers.at(now);
  const tried = probed.slice(0, limit);
  const claimed = await context.stores.transaction(async (tx) => {
    const batches = [...(await tx.batches.claim("send", lease, { except: [...shut, ...probed] }))];
    for (const only of tried) batches.push(...(await tx.batches.claim("send", { ...lease, limit: 1 }, { only })));
    for (const batch of batches) await moveBatch(tx, batch, "pending", "leased", now);
    return batches;
  });
  const isClaimed = (key: ChannelKey) =>
    claimed.some(({ tenantId, channel }) => tenantId === key.tenantId && channel === key.channel);
  for (const key of tried) if (isClaimed(key)) context.breakers.probe(key, now);
  return claimed.map((batch) => ({ ...batch, state: "leased" }));
}

/** Sends a batch that {@link claimToSend} claimed, and writes down what became of it. */
export async function sendBatch(context: EngineContext, batch: Batch): Promise<void> {
  const { tenantId, occurrenceId, id: batchId, number } = batch;
  try {
    const state = await withHeartbeat(context, batch, () => attempt(context, batch));
    context.emit({ type: "batch", tenantId, occurrenceId, batchId, number, state });
  } catch (error) {
    if (!LeaseLostError.is(error)) throw error;
    context.logger.warn("batch.lease_lost", { tenantId, batchId });
  }
  await completeOccurrence(context, tenantId, occurrenceId);
}

/** Everything before the first byte may fail without harm; after the recorded intent only proof says that nothing was sent. */
async function attempt(context: EngineContext, batch: Batch): Promise<BatchState> {
  let prepared: Prepared;
  try {
    prepared = await prepare(context, batch);
    if (!prepared.refusal) await divideBatch(context, batch, prepared.message);
  } catch (error) {
    if (LeaseLostError.is(error)) throw error;
    return returnBatch(context, batch, error);
  }
  let intent: Awaited<ReturnType<typeof recordIntent>>;
  try {
    intent = await recordIntent(context, batch, prepared);
  } catch (error) {
    // The intent was taken back with its transaction: a link can't be made again.
    if (ChannelError.is(error)) return returnBatch(context, batch, error);
    throw error;
  }
  if (typeof intent === "string") return intent;
  if (prepared.refusal) return settleFailure(context, batch, intent, prepared.refusal);
  return call(context, batch, prepared.message, intent);
}

interface Prepared {
  readonly message: Message;
  readonly hash: string;
  /** The channel refuses this content for good. */
  readonly refusal: ChannelError | undefined;
}

/** Everything before the intent: the content, and what the channel can do beforehand. */
export async function prepare(context: EngineContext, batch: Batch): Promise<Prepared> {
  const message = await messageOf(context, batch);
  const { channel, content } = message;
  const hash = contentHash(content);
  if (isOtherContent(batch.contentHash, hash)) {
    throw new RecallKitError(
      "batch.content-changed",
      `batch ${batch.id} would say something else than in its first attempt`,
    );
  }
  const refusal = refusalOf(message);
  if (refusal) return { message, hash, refusal };
  try {
    await callChannel(context, channel.name, async (signal) => channel.prepare?.(batch.tenantId, content, { signal }));
    return { message, hash, refusal: undefined };
  } catch (error) {
    if (ChannelError.is(error) && error.effect === "REQUEST") return { message, hash, refusal: error };
    throw error;
  }
}

/** Calls the provider after a committed intent and writes down what it said. */
export async function call(
  context: EngineContext,
  batch: Batch,
  message: Message,
  intent: Intent,
  certainty: { readonly mayBeSent: boolean } = { mayBeSent: false },
): Promise<BatchState> {
  const answer = await askChannel(context, batch, message, intent);
  try {
    return answer.kind === "failed"
      ? await settleFailure(context, batch, intent, answer.error, certainty)
      : await settleOutcomes(context, batch, intent, message.channel, answer, certainty);
  } finally {
    // What comes of calls that nobody waited for is still believed, whoever holds the batch by then.
    for (const late of answer.late) believeLater(context, batch, message.channel, late);
  }
}
