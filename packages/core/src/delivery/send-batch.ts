import type { EngineContext } from "../engine/engine-context.js";
import { ChannelError, RecallKitError } from "../errors.js";
import type { ChannelKey } from "../ports/batch-store.js";
import type { Channel, SendOutcome, SendWarning } from "../ports/channel.js";
import type { MessageContent } from "../rule/content.js";
import { contentHash, renderContent } from "../rule/render.js";
import { definitionOf } from "../rule/rule-version.js";
import type { Batch } from "./batch.js";
import { completeOccurrence } from "./complete.js";
import { withHeartbeat } from "./heartbeat.js";
import { type Intent, recordIntent } from "./intent.js";
import { moveBatch } from "./moves.js";
import { returnBatch, settleFailure, settleOutcomes } from "./settle.js";
import { LeaseLostError } from "./transition.js";

/**
 * Claims due batches and sends them, at most `concurrency` at a time, beside as many probes of channels that did not work, one each.
 *
 * @returns batches worked on
 */
export async function sendDue(context: EngineContext): Promise<number> {
  const now = context.clock.now();
  const lease = { owner: context.owner, now, until: now + context.timings.leaseMs, limit: context.concurrency };
  const { shut, probed } = context.breakers.at(now);
  const tried = probed.slice(0, context.concurrency);
  const claimed = await context.stores.transaction(async (tx) => {
    const batches = [...(await tx.batches.claim("send", lease, { except: [...shut, ...probed] }))];
    for (const only of tried) batches.push(...(await tx.batches.claim("send", { ...lease, limit: 1 }, { only })));
    for (const batch of batches) await moveBatch(tx, batch, "pending", "leased", now);
    return batches;
  });
  const isClaimed = (key: ChannelKey) =>
    claimed.some(({ tenantId, channel }) => tenantId === key.tenantId && channel === key.channel);
  for (const key of tried) if (isClaimed(key)) context.breakers.probe(key, now);
  const ends = await Promise.allSettled(claimed.map((batch) => sendBatch(context, { ...batch, state: "leased" })));
  for (const end of ends) if (end.status === "rejected") throw end.reason;
  return claimed.length;
}

async function sendBatch(context: EngineContext, batch: Batch): Promise<void> {
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
async function attempt(context: EngineContext, batch: Batch) {
  let prepared: Awaited<ReturnType<typeof prepare>>;
  try {
    prepared = await prepare(context, batch);
  } catch (error) {
    if (LeaseLostError.is(error)) throw error;
    return returnBatch(context, batch, error);
  }
  const intent = await recordIntent(context, batch, prepared);
  if (typeof intent === "string") return intent;
  if (prepared.refusal) return settleFailure(context, batch, intent, prepared.refusal);
  return call(context, batch, prepared.channel, prepared.content, intent);
}

interface Prepared {
  readonly channel: Channel;
  readonly content: MessageContent;
  readonly hash: string;
  /** The channel refuses this content for good. */
  readonly refusal: ChannelError | undefined;
}

/** Everything before the intent: the content, and what the channel can do beforehand. */
export async function prepare(context: EngineContext, batch: Batch): Promise<Prepared> {
  const { stores } = context;
  const occurrence = await stores.occurrences.get(batch.tenantId, batch.occurrenceId);
  if (!occurrence) throw new RecallKitError("occurrence.not-found", `batch ${batch.id} has no occurrence`);
  const channel = await context.channel(batch.tenantId, batch.channel);
  if (!channel)
    throw new ChannelError("channel.unknown", "no such channel is configured", {
      channel: batch.channel,
      effect: "CONFIG",
    });
  const tenant = await stores.tenants.get(batch.tenantId);
  const content = renderContent(await definitionOf(stores, occurrence), occurrence, tenant?.name ?? "");
  const hash = contentHash(content);
  if (batch.contentHash !== null && batch.contentHash !== hash) {
    throw new RecallKitError(
      "batch.content-changed",
      `batch ${batch.id} would say something else than in its first attempt`,
    );
  }
  try {
    await channel.prepare?.(batch.tenantId, content, { signal: context.callSignal });
    return { channel, content, hash, refusal: undefined };
  } catch (error) {
    if (ChannelError.is(error) && error.effect === "REQUEST") return { channel, content, hash, refusal: error };
    throw error;
  }
}

/** Calls the provider after a committed intent and writes down what it said. */
export async function call(
  context: EngineContext,
  batch: Batch,
  channel: Channel,
  content: MessageContent,
  intent: Intent,
  certainty: { readonly mayBeSent: boolean } = { mayBeSent: false },
) {
  const warnings: SendWarning[] = [];
  const { tenantId, marker } = batch;
  let outcomes: readonly SendOutcome[];
  try {
    outcomes = await channel.send(
      { tenantId, marker, content, addresses: intent.addresses },
      {
        writeBy: intent.monotonic + context.timings.sendDeadlineMs,
        signal: context.callSignal,
        onWarning: (warning) => warnings.push(warning),
      },
    );
  } catch (error) {
    return settleFailure(context, batch, intent, error, certainty);
  }
  if (outcomes.length !== intent.addresses.length) {
    const error = new RecallKitError(
      "channel.malformed-response",
      `${channel.name} answered ${outcomes.length} outcomes for ${intent.addresses.length} addresses`,
    );
    return settleFailure(context, batch, intent, error, certainty);
  }
  if (certainty.mayBeSent && outcomes.every(({ kind }) => kind !== "accepted")) {
    const error = new RecallKitError("channel.malformed-response", `${channel.name} accepted nobody of a repeat`);
    return settleFailure(context, batch, intent, error, certainty);
  }
  return settleOutcomes(context, batch, intent, channel, outcomes, warnings, certainty);
}
