import type { EngineContext } from "../engine/engine-context.js";
import type { Channel } from "../ports/channel.js";
import type { Stores } from "../ports/stores.js";
import type { RuleDefinition } from "../rule/rule.js";
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
  for (let moved = channel.maxBatchSize; moved === channel.maxBatchSize; ) {
    number += 1;
    moved = await context.stores.transaction(async (tx) => {
      await keepLease(context, tx, occurrence, {});
      return formBatch(tx, {
        occurrence,
        channel,
        capability: channel.capability(definition.content),
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
  readonly channel: Pick<Channel, "name" | "maxBatchSize">;
  readonly capability: ReturnType<Channel["capability"]>;
  readonly marker: string;
  readonly number: number;
  readonly notBefore: number;
  readonly at: number;
}

/** Forms one batch of the next queued people; without any, none is made. Inside a transaction. @returns its size */
export async function formBatch(tx: Stores, batch: BatchToForm): Promise<number> {
  const { tenantId, id: occurrenceId, ruleId } = batch.occurrence;
  if (!(await tx.deliveries.hasAny(tenantId, occurrenceId, ["queued"]))) return 0;
  const { number, marker, capability, notBefore, at } = batch;
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
    batch.channel.maxBatchSize,
    at,
  );
  await tx.batches.advance({ tenantId, id, leaseEpoch: 0 }, { size });
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
