import { callChannel } from "../engine/call-channel.js";
import type { EngineContext } from "../engine/engine-context.js";
import type { Channel } from "../ports/channel.js";
import { definitionOf } from "../rule/rule-version.js";
import type { Batch } from "./batch.js";
import { warn } from "./doubt.js";
import { LeaseLostError } from "./transition.js";

/** When the message of a batch is called off if staff have not confirmed it, epoch ms; undefined: it is not. */
export async function callOffDue(context: EngineContext, batch: Batch): Promise<number | undefined> {
  const { tenantId, occurrenceId, handsOn, acceptedAt, providerMessageId } = batch;
  if (handsOn === null || acceptedAt === null || providerMessageId === null) return undefined;
  const occurrence = await context.stores.occurrences.get(tenantId, occurrenceId);
  // Nobody is handed on any more: then the message is left to staff.
  if (occurrence?.state !== "running" || context.clock.now() >= occurrence.expiresAt) return undefined;
  const { fallBackAfterMs } = await definitionOf(context.stores, occurrence);
  if (fallBackAfterMs === undefined) return undefined;
  return acceptedAt + Math.min(fallBackAfterMs, context.timings.taskDeadlineMs);
}

/**
 * Calls the message of a batch off, once; without the provider's yes it is asked again at the next poll.
 *
 * @returns when the provider said yes, epoch ms; null: it has not
 * @throws {LeaseLostError} somebody else holds the batch
 */
export async function callOffTask(context: EngineContext, batch: Batch, channel: Channel): Promise<number | null> {
  const { providerMessageId, calledOffAt } = batch;
  if (calledOffAt !== null || providerMessageId === null || !channel.cancel) return calledOffAt;
  try {
    await callChannel(context, channel.name, async (signal) => channel.cancel?.(providerMessageId, { signal }));
  } catch (error) {
    warn(context, batch, "batch.call_off_failed", error);
    return null;
  }
  const at = context.clock.now();
  if (!(await context.stores.batches.advance(batch, { calledOffAt: at }))) throw new LeaseLostError("batch", batch.id);
  return at;
}
