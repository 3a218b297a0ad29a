import type { EngineContext } from "../engine/engine-context.js";
import { RecallKitError } from "../errors.js";
import type { Channel } from "../ports/channel.js";
import type { Batch } from "./batch.js";

/** What became of the provider's tasks of an occurrence, in batches. */
export interface TaskResult {
  /** Batches that were dealt with. */
  readonly done: number;
  /** Not done, with the code of each: tried again by the next call. */
  readonly failed: readonly { readonly batchId: number; readonly code: string }[];
}

/**
 * Does something to every task of an occurrence that somebody still waits for, one after the other.
 *
 * A task that fails is told and left as it is; the others go on.
 */
export async function onWaitingTasks(
  context: EngineContext,
  tenantId: number,
  occurrenceId: number,
  act: (channel: Channel, batch: Batch, providerMessageId: string) => Promise<void>,
): Promise<TaskResult> {
  const { stores, logger } = context;
  const failed: { batchId: number; code: string }[] = [];
  let done = 0;
  for (let cursor: string | null = null; ; ) {
    const page = await stores.batches.list(tenantId, { occurrenceId, states: ["accepted"], limit: 100, cursor });
    for (const batch of page.items) {
      const { accepted = 0 } = await stores.deliveries.countByState(tenantId, { batchId: batch.id });
      if (accepted === 0 || batch.providerMessageId === null) continue;
      try {
        await act(await channelOf(context, batch), batch, batch.providerMessageId);
        done += 1;
      } catch (error) {
        const code = RecallKitError.is(error) ? error.code : "bug";
        failed.push({ batchId: batch.id, code });
        logger.warn("batch.task_failed", { tenantId, batchId: batch.id, code });
      }
    }
    if (page.nextCursor === null) return { done, failed };
    cursor = page.nextCursor;
  }
}

/** The channel that a batch goes out by. @throws {RecallKitError} `channel.unknown`: it is not set up any more */
export async function channelOf(context: EngineContext, { tenantId, channel: name }: Batch): Promise<Channel> {
  const channel = await context.channel(tenantId, name);
  if (!channel) throw new RecallKitError("channel.unknown", `no channel named ${name}`);
  return channel;
}
