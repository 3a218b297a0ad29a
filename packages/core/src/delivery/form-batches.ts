import { capabilityOf } from "../engine/channel-shelf.js";
import type { EngineContext } from "../engine/engine-context.js";
import type { Capability, Channel } from "../ports/channel.js";
import type { Stores } from "../ports/stores.js";
import { channelsAfter, onChannel } from "../rule/fall-back-order.js";
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
        ...partsOf(occurrence, definition, channel),
        marker: batchMarker(key, { ...occurrence, channel: channel.name, number }),
        number,
        notBefore: occurrence.dueAt + (number - 1) * definition.batchPauseMs,
        at: context.clock.now(),
      });
    });
  }
}

/** What of a batch follows from its rule and channel. A test shows what one channel says, and hands nobody on. */
function partsOf(
  { kind }: Pick<Occurrence, "kind">,
  definition: RuleDefinition,
  channel: Channel,
): Pick<BatchToForm, "capability" | "handsOn"> {
  const { content } = onChannel(definition, channel.name);
  const handsOn = kind !== "test" && channelsAfter(definition, channel.name).length > 0 ? false : null;
  return { capability: capabilityOf(channel, content), handsOn };
}

export interface BatchToForm {
  readonly occurrence: Pick<Occurrence, "tenantId" | "id" | "ruleId">;
  readonly channel: Pick<Channel, "name" | "personal" | "maxBatchSize">;
  readonly capability: Capability;
  /** False: there is a channel behind its own. */
  readonly handsOn: false | null;
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
  if (!(await tx.deliveries.hasAny(tenantId, occurrenceId, ["queued"], batch.channel.name))) return 0;
  const { number, marker, capability, handsOn, notBefore, resends = 0, at } = batch;
  const id = await tx.batches.insert({
    tenantId,
    occurrenceId,
    ruleId,
    channel: batch.channel.name,
    number,
    marker,
    capability,
    handsOn,
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
  const handsOn = batch.handsOn === null ? null : false;
  await formBatch(tx, { ...later, occurrence, channel, capability: batch.capability, handsOn, marker, number });
}

/** Forms batches of everybody who is queued on a channel. Inside a transaction that holds the occurrence alone. */
export async function formQueued(
  tx: Stores,
  {
    occurrence,
    definition,
    channel,
    key,
    notBefore,
    at,
  }: {
    readonly occurrence: Occurrence;
    readonly definition: RuleDefinition;
    readonly channel: Channel;
    readonly key: Uint8Array;
    readonly notBefore: number;
    readonly at: number;
  },
): Promise<void> {
  const counts = await tx.batches.countByState(occurrence.tenantId, occurrence.id);
  let number = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const size = peoplePerBatch(channel);
  for (let moved = size; moved === size; ) {
    number += 1;
    const marker = batchMarker(key, { ...occurrence, channel: channel.name, number });
    const parts = partsOf(occurrence, definition, channel);
    moved = await formBatch(tx, { occurrence, channel, ...parts, marker, number, notBefore, at });
  }
}
