import { compileSegment } from "../audience/compile-segment.js";
import { RecallKitError } from "../errors.js";
import type { Channel } from "../ports/channel.js";
import type { Stores } from "../ports/stores.js";
import type { RuleDefinition } from "../rule/rule.js";
import type { EngineContext } from "../schedule/engine-context.js";
import { beginOccurrence } from "./begin-occurrence.js";
import { completeOccurrence } from "./complete.js";
import { batchMarker } from "./marker.js";
import type { Occurrence } from "./occurrence.js";
import { applyTransition, assertLegal, LeaseLostError } from "./transition.js";

const SNAPSHOT_ROWS = 1000;

/**
 * Claims one due occurrence, takes or resumes its snapshot and forms its batches.
 *
 * Every chunk is a transaction that also moves the cursor, so a crash at any moment loses nothing and repeats nothing.
 *
 * @returns false when nothing was due
 */
export async function snapshotNext(context: EngineContext): Promise<boolean> {
  const now = context.clock.now();
  const lease = { owner: context.owner, now, until: now + context.timings.leaseMs, limit: 1 };
  const [claimed] = await context.stores.transaction((tx) => tx.occurrences.claim(lease));
  if (!claimed) return false;
  try {
    const begun = claimed.state === "planned" ? await beginOccurrence(context, claimed) : claimed;
    if (begun.state === "snapshotting") await takeSnapshot(context, begun);
  } catch (error) {
    if (!(error instanceof LeaseLostError)) throw error;
    context.logger.warn("occurrence.lease_lost", { tenantId: claimed.tenantId, occurrenceId: claimed.id });
  }
  return true;
}

async function takeSnapshot(context: EngineContext, occurrence: Occurrence): Promise<void> {
  const { stores } = context;
  const { tenantId, id, ruleId } = occurrence;
  const definition = await definitionOf(stores, occurrence);
  const channel = await context.channel(tenantId, definition.channel);
  if (!channel) throw new RecallKitError("channel.unknown", `no channel named ${definition.channel}`);
  const segment = { tenantId, timeZone: occurrence.timeZone, asOf: occurrence.asOf ?? occurrence.dueAt, statuses: context.statuses };
  const { query } = await compileSegment(definition.segment, segment, stores.labels);
  const page = { tenantId, occurrenceId: id, ruleId, channel: channel.name, addressType: channel.addressType, query, limit: SNAPSHOT_ROWS };
  let people = 0;
  for (let afterId = occurrence.snapshotCursor; ; ) {
    const from = afterId;
    const { members, lastId } = await stores.transaction(async (tx) => {
      const taken = await tx.deliveries.snapshot({ ...page, afterId: from, at: context.clock.now() });
      await keepLease(context, tx, occurrence, { snapshotCursor: taken.lastId });
      return taken;
    });
    people += members;
    afterId = lastId;
    context.emit({ type: "snapshot", tenantId, occurrenceId: id, people });
    if (members < SNAPSHOT_ROWS) break;
  }
  await formBatches(context, occurrence, definition, channel);
  await startRunning(context, occurrence);
}

/** The rule version that an occurrence was planned from. */
export async function definitionOf(stores: Stores, occurrence: Pick<Occurrence, "tenantId" | "ruleId" | "ruleVersion">): Promise<RuleDefinition> {
  const definition = await stores.rules.version(occurrence.tenantId, occurrence.ruleId, occurrence.ruleVersion);
  if (!definition) throw new RecallKitError("rule.version-missing", `rule ${occurrence.ruleId} has no version ${occurrence.ruleVersion}`);
  return definition;
}

/** One transaction per batch, so that a batch is there with all its members or not at all. */
async function formBatches(context: EngineContext, occurrence: Occurrence, definition: RuleDefinition, channel: Channel): Promise<void> {
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
        notBefore: occurrence.dueAt,
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
  const { queued = 0 } = await tx.deliveries.countByState(tenantId, { occurrenceId });
  if (queued === 0) return 0;
  const { number, marker, capability, notBefore, at } = batch;
  const id = await tx.batches.insert({ tenantId, occurrenceId, ruleId, channel: batch.channel.name, number, marker, capability, createdAt: at, notBefore });
  assertLegal("delivery", "queued", "in_batch");
  const size = await tx.deliveries.fillBatch({ tenantId, occurrenceId, channel: batch.channel.name }, id, batch.channel.maxBatchSize, at);
  await tx.batches.advance({ tenantId, id, leaseEpoch: 0 }, { size });
  await tx.audit.add([{ tenantId, entity: "delivery", entityId: id, from: "queued", to: "in_batch", reason: null, count: size, leaseEpoch: null, at }]);
  return size;
}

async function startRunning(context: EngineContext, occurrence: Occurrence): Promise<void> {
  const { tenantId, id, leaseEpoch, ruleId } = occurrence;
  const at = context.clock.now();
  await context.stores.transaction(async (tx) => {
    const counts = await tx.deliveries.countByState(tenantId, { occurrenceId: id });
    const audienceSize = Object.values(counts).reduce((sum, count) => sum + count, 0);
    await applyTransition(tx, { entity: "occurrence", key: { tenantId, id, leaseEpoch }, from: "snapshotting", to: "running", patch: { audienceSize } }, at);
    await tx.occurrences.release({ tenantId, id, leaseEpoch });
  });
  context.emit({ type: "occurrence", tenantId, occurrenceId: id, ruleId, state: "running", reason: null });
  await completeOccurrence(context, tenantId, id);
}

async function keepLease(context: EngineContext, tx: Stores, occurrence: Occurrence, patch: { snapshotCursor?: number }): Promise<void> {
  const { tenantId, id, leaseEpoch } = occurrence;
  const until = context.clock.now() + context.timings.leaseMs;
  if (!(await tx.occurrences.advance({ tenantId, id, leaseEpoch }, patch, until))) throw new LeaseLostError("occurrence", id);
}
