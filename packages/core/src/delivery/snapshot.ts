import type { AudienceQuery } from "../audience/audience-query.js";
import { compileSegment } from "../audience/compile-segment.js";
import type { Segment } from "../audience/segment.js";
import { countedStatusesOf } from "../engine/counted-statuses.js";
import type { EngineContext } from "../engine/engine-context.js";
import { RecallKitError } from "../errors.js";
import type { Channel } from "../ports/channel.js";
import type { RuleDefinition } from "../rule/rule.js";
import { definitionOf } from "../rule/rule-version.js";
import { beginOccurrence } from "./begin-occurrence.js";
import { completeOccurrence } from "./complete.js";
import { formBatches } from "./form-batches.js";
import { channelsBehind, handTo } from "./hand-on.js";
import { keepLease } from "./keep-lease.js";
import { moveOccurrence } from "./moves.js";
import type { Occurrence } from "./occurrence.js";
import { LeaseLostError } from "./transition.js";

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
    const facts = { tenantId: claimed.tenantId, occurrenceId: claimed.id };
    if (LeaseLostError.is(error)) context.logger.warn("occurrence.lease_lost", facts);
    // Tried again when its lease is over; until then the others get their turn.
    else
      context.logger.error("occurrence.snapshot_failed", {
        ...facts,
        code: RecallKitError.is(error) ? error.code : "bug",
      });
  }
  return true;
}

async function takeSnapshot(context: EngineContext, occurrence: Occurrence): Promise<void> {
  const { stores } = context;
  const { tenantId, id, ruleId } = occurrence;
  const definition = await definitionOf(stores, occurrence);
  const channel = await context.channel(tenantId, definition.channel);
  if (!channel) throw new RecallKitError("channel.unknown", `no channel named ${definition.channel}`);
  const query = await audienceOf(context, occurrence, definition.segment);
  const page = {
    tenantId,
    occurrenceId: id,
    ruleId,
    channel: channel.name,
    addressType: channel.addressType,
    query,
    limit: SNAPSHOT_ROWS,
  };
  const later = await laterChannels(context, tenantId, definition, channel);
  let people = 0;
  for (let afterId = occurrence.snapshotCursor; ; ) {
    const from = afterId;
    const { members, lastId } = await stores.transaction(async (tx) => {
      const at = context.clock.now();
      const taken = await tx.deliveries.snapshot({ ...page, afterId: from, at });
      const strangers = { occurrenceId: id, channel: channel.name, afterId: from, throughId: taken.lastId };
      // A test shows what the first channel says.
      if (occurrence.kind !== "test") await handTo(tx, tenantId, strangers, later, at);
      await keepLease(context, tx, occurrence, { snapshotCursor: taken.lastId });
      return taken;
    });
    people += members;
    afterId = lastId;
    context.emit({ type: "snapshot", tenantId, occurrenceId: id, people });
    if (members < SNAPSHOT_ROWS) break;
  }
  for (const one of [channel, ...later]) await formBatches(context, occurrence, definition, one);
  await startRunning(context, occurrence);
}

async function laterChannels(
  context: EngineContext,
  tenantId: number,
  definition: RuleDefinition,
  { name }: Channel,
): Promise<readonly Channel[]> {
  const later = await channelsBehind(context, tenantId, definition, name);
  if (later) return later;
  throw new RecallKitError("channel.unknown", `a channel behind ${name} is not configured`);
}

/** The people named, or those whom the segment means. */
async function audienceOf(
  context: EngineContext,
  { tenantId, timeZone, asOf, dueAt, customerIds }: Occurrence,
  segment: Segment,
): Promise<AudienceQuery> {
  const { stores } = context;
  const orders = { asOf: asOf ?? dueAt, statuses: await countedStatusesOf(context, tenantId) };
  if (customerIds) return { tenantId, orders, labelGroups: [], customerIds };
  const addressTypeOf = async (channel: string) => (await context.channel(tenantId, channel))?.addressType;
  return (await compileSegment(segment, { tenantId, timeZone, ...orders, addressTypeOf }, stores)).query;
}

/** Ends the snapshot; an occurrence whose rule was paused meanwhile is held before its first batch. */
async function startRunning(context: EngineContext, occurrence: Occurrence): Promise<void> {
  const { tenantId, id, leaseEpoch, ruleId, kind } = occurrence;
  const at = context.clock.now();
  const state = await context.stores.transaction(async (tx) => {
    // Before the state: a pause either finds this occurrence running, or is seen here.
    const rule = await tx.rules.get(tenantId, ruleId, "shared");
    const counts = await tx.deliveries.countByState(tenantId, { occurrenceId: id });
    const audienceSize = Object.values(counts).reduce((sum, count) => sum + count, 0);
    const key = { tenantId, id, leaseEpoch };
    await moveOccurrence(tx, key, "snapshotting", "running", at, { audienceSize });
    const isHeld = kind !== "test" && rule?.status === "paused";
    if (isHeld) await moveOccurrence(tx, key, "running", "paused", at);
    await tx.occurrences.release(key);
    return isHeld ? "paused" : "running";
  });
  context.emit({ type: "occurrence", tenantId, occurrenceId: id, ruleId, state, reason: null });
  await completeOccurrence(context, tenantId, id);
}
