import type { Channel } from "../ports/channel.js";
import type { Stores } from "../ports/stores.js";
import type { MessageContent } from "../rule/content.js";
import type { EngineContext } from "../schedule/engine-context.js";
import type { Batch } from "./batch.js";
import { capPolicy } from "./policy.js";
import { definitionOf } from "./rule-version.js";
import { applyTransition } from "./transition.js";

/** A committed intent: from here on the call may have happened. */
export interface Intent {
  readonly attemptId: number;
  readonly attempt: number;
  /** Monotonic ms from which the send deadline counts. */
  readonly monotonic: number;
  readonly startedAt: number;
  readonly addresses: readonly string[];
}

/**
 * Checks every gate again, right before the call, and commits `dispatching` with its attempt row.
 *
 * People whom a cap forbids leave the batch here.
 *
 * @returns the intent, or the state the batch went to instead: `pending` behind a closed gate, `cancelled` when nobody is left
 * @throws {LeaseLostError} somebody else holds the batch
 */
export async function recordIntent(
  context: EngineContext,
  batch: Batch,
  prepared: { readonly hash: string; readonly content: MessageContent; readonly channel: Channel },
): Promise<Intent | "pending" | "cancelled"> {
  // Taken before the transaction: time that the commit costs counts against the deadline.
  const monotonic = context.clock.monotonic();
  const startedAt = context.clock.now();
  const { tenantId, id: batchId, leaseEpoch } = batch;
  return context.stores.transaction(async (tx) => {
    if (!(await gatesOpen(context, tx, batch, startedAt))) {
      await applyTransition(
        tx,
        { entity: "batch", key: batch, from: "leased", to: "pending", patch: { reason: "gate_closed" }, release: true },
        startedAt,
      );
      return "pending";
    }
    const addresses = await tx.deliveries.addresses(tenantId, batchId);
    if (addresses.length === 0) {
      await applyTransition(
        tx,
        {
          entity: "batch",
          key: batch,
          from: "leased",
          to: "cancelled",
          patch: { reason: "nobody_left" },
          release: true,
        },
        startedAt,
      );
      return "cancelled";
    }
    const attempt = batch.attempts + 1;
    // The channel may have got its credentials only after the batch was formed.
    const capability = prepared.channel.capability(prepared.content);
    const patch = {
      contentHash: prepared.hash,
      capability,
      attempts: attempt,
      attemptedAt: startedAt,
      reason: null,
      faults: 0,
    };
    await applyTransition(tx, { entity: "batch", key: batch, from: "leased", to: "dispatching", patch }, startedAt);
    const attemptId = await tx.attempts.open({ tenantId, batchId, number: attempt, leaseEpoch, startedAt });
    await tx.deliveries.chargeCaps(tenantId, batchId, startedAt);
    return { attemptId, attempt, monotonic, startedAt, addresses };
  });
}

async function gatesOpen(context: EngineContext, tx: Stores, batch: Batch, now: number): Promise<boolean> {
  const occurrence = await tx.occurrences.get(batch.tenantId, batch.occurrenceId);
  const rule = await tx.rules.get(batch.tenantId, batch.ruleId);
  if (!occurrence || !rule || occurrence.state !== "running" || now >= occurrence.expiresAt) return false;
  if (rule.deletedAt !== null || rule.status !== "active") return false;
  const policy = capPolicy(context, await definitionOf(tx, occurrence), occurrence.timeZone, now);
  if (policy) {
    const { tenantId } = batch;
    const selector = { batchId: batch.id, cappedBy: policy };
    await applyTransition(
      tx,
      {
        entity: "delivery",
        tenantId,
        selector,
        from: "in_batch",
        to: "suppressed",
        patch: { reason: "frequency_cap" },
      },
      now,
    );
  }
  return true;
}
