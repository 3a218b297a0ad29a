import { capabilityOf } from "../engine/channel-shelf.js";
import type { EngineContext } from "../engine/engine-context.js";
import type { Capability, Channel } from "../ports/channel.js";
import type { Stores } from "../ports/stores.js";
import type { RuleDefinition } from "../rule/rule.js";
import { type Batch, peoplePerBatch } from "./batch.js";
import { keepLease } from "./keep-lease.js";
import { batchMarker } from "./marker.js";
import type { Occurrence } from "./occurrence.js";
import { assertLegal } from "./transition.js";

/** One transaction per batch, so that a batch is there with all its members or not at all. */
export async function formBatches(
  context: EngineContext,
  occurrence: Occurrence,
  definition: RuleDefinition,
  channel: Channel,
): Promise<void> {
  const key = await context.markerKey(occurrence.tenantId);
  const existing = await context.stores.batches.countByState(occurrence.tenantId, occurrence.id);
  let number = Object.values(existing).reduce((sum, count) => sum + count, 0);
  const size = peoplePerBatch(channel);
  for (let moved = size; moved === size; ) {
    number += 1;
    moved = await context.stores.transaction(async (tx) => {
      await keepLease(context, tx, occurrence, {});
      return formBatch(tx, {
        occurrence,
        channel,
        capability: capabilityOf(channel, definition.content),
        marker: batchMarker(key, { ...occurrence, channel: channel.name, number }),
        number,
        notBefore: occurrence.dueAt + (number - 1) * definition.batchPauseMs,
        at: context.clock.now(),
      });
    });
  }
}

export interface BatchToForm {
  readonly occurrence: Pick<Occurrence, "tenantId" | "id" | "ruleId">;
  readonly channel: Pick<Channel, "name" | "personal" | "maxBatchSize">;
  readonly capability: Capability;
  readonly marker: string;
  readonly number: number;
  readonly notBefore: number;
  /** Resends behind its people already. @default 0 */
  readonly resends?: number;
  readonly at: number;
}

/** Forms one batch of the next queued people; without any, none is made. Inside a transaction. @returns its size */
async function formBatch(tx: Stores, batch: BatchToForm): Promise<number> {
  const { tenantId, id: occurrenceId, ruleId } = batch.occurrence;
  if (!(await tx.deliveries.hasAny(tenantId, occurrenceId, ["queued"]))) return 0;
  const { number, marker, capability, notBefore, resends = 0, at } = batch;
  const id = await tx.batches.insert({
    tenantId,
    occurrenceId,
    ruleId,
    channel: batch.channel.name,
    number,
    marker,
    capability,
    createdAt: at,
    notBefore,
  });
  assertLegal("delivery", "queued", "in_batch");
  const size = await tx.deliveries.fillBatch(
    { tenantId, occurrenceId, channel: batch.channel.name },
    id,
    peoplePerBatch(batch.channel),
    at,
  );
  await tx.batches.advance({ tenantId, id, leaseEpoch: 0 }, { size, resends });
  await tx.audit.add([
    {
      tenantId,
      entity: "delivery",
      entityId: id,
      from: "queued",
      to: "in_batch",
      reason: null,
      count: size,
      leaseEpoch: null,
      at,
    },
  ]);
  return size;
}

/** Forms one more batch of those who left theirs, unless others took them along. Inside a transaction. */
export async function formLaterBatch(
  tx: Stores,
  context: EngineContext,
  batch: Batch,
  channel: Channel,
  later: { readonly notBefore: number; readonly at: number; readonly resends?: number },
): Promise<void> {
  const occurrence = await tx.occurrences.get(batch.tenantId, batch.occurrenceId);
  if (!occurrence) return;
  const counts = await tx.batches.countByState(batch.tenantId, occurrence.id);
  const number = Object.values(counts).reduce((sum, count) => sum + count, 0) + 1;
  const marker = batchMarker(await context.markerKey(batch.tenantId), { ...occurrence, channel: channel.name, number });
  await formBatch(tx, { ...later, occurrence, channel, capability: batch.capability, marker, number });
}
