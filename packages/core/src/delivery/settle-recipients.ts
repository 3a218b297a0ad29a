import type { Channel, SendOutcome } from "../ports/channel.js";
import type { Stores } from "../ports/stores.js";
import type { EngineContext } from "../schedule/engine-context.js";
import type { Batch } from "./batch.js";
import { formBatch } from "./form-batches.js";
import { batchMarker } from "./marker.js";
import { applyTransition } from "./transition.js";

const ADDRESSES = 1000;

/** Moves the members of an answered batch: refused ones fail, deferred ones go to a later batch, the rest is accepted. */
export async function settleRecipients(
  tx: Stores,
  context: EngineContext,
  batch: Batch,
  channel: Channel,
  addresses: readonly string[],
  outcomes: readonly SendOutcome[],
  at: number,
): Promise<void> {
  const { tenantId, id: batchId } = batch;
  const refused = new Map<string, string[]>();
  const deferred: string[] = [];
  let notBefore = 0;
  outcomes.forEach((outcome, index) => {
    const address = addresses[index] ?? "";
    if (outcome.kind === "refused") refused.set(outcome.reason, [...(refused.get(outcome.reason) ?? []), address]);
    if (outcome.kind === "deferred") {
      deferred.push(address);
      notBefore = Math.max(notBefore, outcome.notBefore);
    }
  });
  for (const [reason, group] of refused) {
    for (const slice of slices(group)) {
      await applyTransition(
        tx,
        {
          entity: "delivery",
          tenantId,
          selector: { batchId, addresses: slice },
          from: "in_batch",
          to: "failed",
          patch: { reason },
        },
        at,
      );
    }
  }
  const rest = {
    entity: "delivery",
    tenantId,
    selector: { batchId },
    from: "in_batch",
    to: "accepted",
    patch: { acceptedAt: at },
  } as const;
  for (const slice of slices(deferred)) {
    await applyTransition(
      tx,
      {
        entity: "delivery",
        tenantId,
        selector: { batchId, addresses: slice },
        from: "in_batch",
        to: "queued",
        patch: { reason: "deferred", batchId: null },
      },
      at,
    );
  }
  await applyTransition(tx, rest, at);
  // Whoever is not accepted by now got nothing and may hear from us again.
  await tx.deliveries.refundCaps(tenantId, batchId);
  if (deferred.length > 0) await formLaterBatch(tx, context, batch, channel, notBefore, at);
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
