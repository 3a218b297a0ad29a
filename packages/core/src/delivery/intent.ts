import { capabilityOf } from "../engine/channel-shelf.js";
import type { EngineContext } from "../engine/engine-context.js";
import type { Recipient } from "../ports/channel.js";
import type { Stores } from "../ports/stores.js";
import type { MessageContent } from "../rule/content.js";
import { definitionOf } from "../rule/rule-version.js";
import type { Batch } from "./batch.js";
import { issueLinks } from "./batch-links.js";
import { expireBatch } from "./expire.js";
import { holdBack } from "./hold-back.js";
import { sendGate } from "./may-be-sent.js";
import { holdBatch, moveBatch } from "./moves.js";
import type { Occurrence } from "./occurrence.js";
import { contentOf, keepValues, type Message, recipientsOf } from "./recipients.js";

/** A committed intent: from here on the call may have happened. */
export interface Intent {
  readonly attemptId: number;
  readonly attempt: number;
  /** Monotonic ms from which the send deadline counts. */
  readonly monotonic: number;
  readonly startedAt: number;
  readonly recipients: readonly Recipient[];
  /** What the call says as a whole. */
  readonly content: MessageContent;
}

/**
 * Checks every gate again, right before the call, and commits `dispatching` with its attempt row.
 *
 * People whom a gate of the contact policy keeps away leave the batch here.
 *
 * @returns the intent, or the state the batch went to instead: `pending` behind a closed gate, `expired` when it is too late,
 *   `cancelled` when nobody is left
 * @throws {LeaseLostError} somebody else holds the batch
 */
export async function recordIntent(
  context: EngineContext,
  batch: Batch,
  prepared: { readonly hash: string; readonly message: Message },
): Promise<Intent | "pending" | "expired" | "cancelled"> {
  // Taken before the transaction: time that the commit costs counts against the deadline.
  const monotonic = context.clock.monotonic();
  const startedAt = context.clock.now();
  const { tenantId, id: batchId, leaseEpoch } = batch;
  return context.stores.transaction(async (tx) => {
    await holdBatch(tx, batch);
    const gate = await gateOf(context, tx, batch, startedAt);
    if (!gate.isOpen && gate.reason === "expired") {
      await expireBatch(tx, batch, startedAt);
      return "expired";
    }
    if (!gate.isOpen) {
      const { reason, notBefore } = gate;
      const patch = { reason, ...(notBefore !== undefined && { notBefore }) };
      await moveBatch(tx, batch, "leased", "pending", startedAt, patch);
      return "pending";
    }
    await keepValues(tx, batch, prepared.message);
    const links = await issueLinks(tx, batch, prepared.message, startedAt);
    const recipients = await recipientsOf(tx, batch, prepared.message, "in_batch", links);
    if (recipients.length === 0) {
      await moveBatch(tx, batch, "leased", "cancelled", startedAt, { reason: "nobody_left" });
      return "cancelled";
    }
    const attempt = batch.attempts + 1;
    // The channel may have got its credentials only after the batch was formed.
    const capability = capabilityOf(prepared.message.channel, prepared.message.content);
    const patch = {
      contentHash: prepared.hash,
      capability,
      attempts: attempt,
      attemptedAt: startedAt,
      reason: null,
      faults: 0,
    };
    await moveBatch(tx, batch, "leased", "dispatching", startedAt, patch);
    const attemptId = await tx.attempts.open({ tenantId, batchId, number: attempt, leaseEpoch, startedAt });
    if (gate.occurrence.kind !== "test") await tx.deliveries.chargeCaps(tenantId, batchId, startedAt);
    const content = contentOf(prepared.message, links);
    return { attemptId, attempt, monotonic, startedAt, recipients, content };
  });
}

type Gate =
  | { readonly isOpen: true; readonly occurrence: Occurrence }
  | { readonly isOpen: false; readonly reason: string; readonly notBefore?: number };

const CLOSED: Gate = { isOpen: false, reason: "gate_closed" };

/** Whether the batch may go out at this moment; people who must not be contacted leave it. */
async function gateOf(context: EngineContext, tx: Stores, batch: Batch, now: number): Promise<Gate> {
  const { tenantId, occurrenceId } = batch;
  const listed = await tx.occurrences.get(tenantId, occurrenceId);
  if (!listed) return CLOSED;
  const definition = await definitionOf(tx, listed);
  const { batchPauseMs } = definition;
  // Held until the intent is committed: once a pause or a cancellation is answered, nothing begins any more. With a pause
  // between batches they come one after the other.
  const rule = await tx.rules.get(tenantId, batch.ruleId, "shared");
  const lock = batchPauseMs > 0 ? "exclusive" : "shared";
  const occurrence = await tx.occurrences.get(tenantId, occurrenceId, lock);
  const gate = sendGate(occurrence, rule, now);
  if (gate === "expired") return { isOpen: false, reason: "expired" };
  if (gate !== "open" || !occurrence) return CLOSED;
  const last = batchPauseMs > 0 ? await tx.batches.lastAttemptAt(tenantId, occurrenceId, batch.id) : null;
  if (last !== null && now < last + batchPauseMs) {
    return { isOpen: false, reason: "batch_pause", notBefore: last + batchPauseMs };
  }
  await holdBack(context, tx, batch, occurrence, definition, now);
  return { isOpen: true, occurrence };
}
