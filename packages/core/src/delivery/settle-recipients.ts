import type { EngineContext } from "../engine/engine-context.js";
import type { Channel, SendOutcome } from "../ports/channel.js";
import type { Stores } from "../ports/stores.js";
import type { Batch } from "./batch.js";
import { formBatch } from "./form-batches.js";
import { batchMarker } from "./marker.js";
import { moveDeliveries } from "./moves.js";
import type { DeliveryState } from "./states.js";

const ADDRESSES = 1000;

/** What a call said about its recipients. */
export interface Answer {
  /** Where the members stand: `in_batch`, or what a late answer finds them in. */
  readonly from: "in_batch" | "unknown" | "needs_review";
  readonly addresses: readonly string[];
  /** One per address, none of them unknown. */
  readonly outcomes: readonly SendOutcome[];
  readonly at: number;
  /** An earlier call of the batch may have been performed: nobody's caps are given back. @default false */
  readonly mayBeSent?: boolean;
}

/**
 * Moves the members of an answered batch: refused ones fail, deferred ones go to a later batch, the rest is accepted.
 *
 * Where nobody is accepted, deferred ones stay: their batch waits with them.
 */
export async function settleRecipients(
  tx: Stores,
  context: EngineContext,
  batch: Batch,
  channel: Channel,
  { from, addresses, outcomes, at, mayBeSent = false }: Answer,
): Promise<void> {
  const { tenantId, id: batchId } = batch;
  // Who forms a further batch numbers it: one after the other.
  if (outcomes.some(({ kind }) => kind === "deferred"))
    await tx.occurrences.get(tenantId, batch.occurrenceId, "exclusive");
  const move = async (group: readonly string[], to: DeliveryState, patch: { reason: string; batchId?: null }) => {
    for (const slice of slices(group)) {
      const selector = { batchId, addresses: slice };
      await moveDeliveries(tx, tenantId, selector, from, to, at, patch);
    }
  };
  for (const [reason, group] of refusals(addresses, outcomes)) await move(group, "failed", { reason });
  const deferred = addresses.filter((_, index) => outcomes[index]?.kind === "deferred");
  const isAccepted = outcomes.some(({ kind }) => kind === "accepted");
  // In review a person may not be queued any more; what is certain is that nothing was sent.
  if (from === "needs_review") await move(deferred, "failed", { reason: "deferred" });
  else if (isAccepted) await move(deferred, "queued", { reason: "deferred", batchId: null });
  if (isAccepted) {
    await moveDeliveries(tx, tenantId, { batchId }, from, "accepted", at, { acceptedAt: at, reason: null });
  }
  // Whoever is not accepted by now got nothing and may hear from us again.
  if (!mayBeSent) await tx.deliveries.refundCaps(tenantId, batchId);
  if (isAccepted && deferred.length > 0 && from !== "needs_review") {
    await formLaterBatch(tx, context, batch, channel, deferredUntil(outcomes), at);
  }
}

/** The latest instant that recipients are put off to; 0 when nobody is. */
export function deferredUntil(outcomes: readonly SendOutcome[]): number {
  return outcomes.reduce(
    (latest, outcome) => (outcome.kind === "deferred" ? Math.max(latest, outcome.notBefore) : latest),
    0,
  );
}

/** Refused addresses by reason. */
function refusals(
  addresses: readonly string[],
  outcomes: readonly SendOutcome[],
): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>();
  outcomes.forEach((outcome, index) => {
    if (outcome.kind !== "refused") return;
    const group = groups.get(outcome.reason) ?? [];
    group.push(addresses[index] ?? "");
    groups.set(outcome.reason, group);
  });
  return groups;
}

async function formLaterBatch(
  tx: Stores,
  context: EngineContext,
  batch: Batch,
  channel: Channel,
  notBefore: number,
  at: number,
): Promise<void> {
  const occurrence = await tx.occurrences.get(batch.tenantId, batch.occurrenceId);
  if (!occurrence) return;
  const counts = await tx.batches.countByState(batch.tenantId, occurrence.id);
  const number = Object.values(counts).reduce((sum, count) => sum + count, 0) + 1;
  const marker = batchMarker(await context.markerKey(batch.tenantId), { ...occurrence, channel: channel.name, number });
  await formBatch(tx, { occurrence, channel, capability: batch.capability, marker, number, notBefore, at });
}

function* slices(addresses: readonly string[]): Generator<readonly string[]> {
  for (let at = 0; at < addresses.length; at += ADDRESSES) yield addresses.slice(at, at + ADDRESSES);
}
