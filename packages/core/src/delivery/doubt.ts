import { callChannel } from "../engine/call-channel.js";
import type { EngineContext } from "../engine/engine-context.js";
import type { Channel, FoundMessage } from "../ports/channel.js";
import type { Stores } from "../ports/stores.js";
import type { Batch } from "./batch.js";
import { causeOf, codeOf } from "./failure.js";

/** Says that the provider has more than one message where there should be one. */
export function alarmOfCopies(tx: Stores, batch: Batch, copies: readonly FoundMessage[], at: number): Promise<void> {
  if (copies.length === 0) return Promise.resolve();
  return alarm(tx, batch, "duplicate_detected", `${copies.length + 1} messages carry one marker`, at);
}

/** Copies are called off where the provider can. */
export async function callOff(
  context: EngineContext,
  batch: Batch,
  channel: Channel,
  copies: readonly FoundMessage[],
): Promise<void> {
  for (const copy of copies) {
    context.logger.error("duplicate_detected", { tenantId: batch.tenantId, batchId: batch.id });
    try {
      await callChannel(context, channel.name, async (signal) => channel.cancel?.(copy.providerMessageId, { signal }));
    } catch (error) {
      warn(context, batch, "batch.cancel_failed", error);
    }
  }
}

/** Logs what went wrong with a batch that is being cleared up. */
export function warn(context: EngineContext, { tenantId, id }: Batch, event: string, error: unknown): void {
  const cause = causeOf(error);
  context.logger.warn(event, { tenantId, batchId: id, code: codeOf(error), ...(cause !== undefined && { cause }) });
}

/** Raises an alarm about a batch. */
export function alarm(tx: Stores, batch: Batch, code: string, detail: string, at: number): Promise<void> {
  return tx.alarms.add({ tenantId: batch.tenantId, code, entity: "batch", entityId: batch.id, detail, at });
}
