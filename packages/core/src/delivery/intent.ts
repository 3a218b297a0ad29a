import { type ContactMessage, contactMessage } from "../contact/contact-moment.js";
import { capabilityOf } from "../engine/channel-shelf.js";
import type { EngineContext } from "../engine/engine-context.js";
import type { Channel, Recipient } from "../ports/channel.js";
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
import { leaveInQuiet, quietZones } from "./quiet-hours.js";
import { contentOf, keepValues, type Message, recipientsOf } from "./recipients.js";
import { payFor } from "./spend.js";

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
  /** When the first call that may have been performed began, epoch ms. @default there was none */
  readonly mayBeSentSince?: number;
}

/**
 * Checks every gate again, right before the call, and commits `dispatching` with its attempt row.
 *
 * People whom a gate of the contact policy keeps away leave the batch here.
 *
 * @returns the intent, or the state the batch went to instead: `pending` behind a closed gate, in quiet hours or without a budget, `expired` when it is too late,
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
    const gate = await gateOf(context, tx, batch, prepared.message.channel, startedAt);
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
    const everybody = await recipientsOf(tx, batch, prepared.message, "in_batch", links);
    const { channel } = prepared.message;
    const limit = gate.contact.spendLimit;
    const payment = await payFor(context, tx, batch, {
      ...gate,
      channel,
      limit,
      recipients: everybody,
      now: startedAt,
    });
    if (payment.kind === "waits") {
      const patch = { reason: "spend_limit", notBefore: payment.until };
      await moveBatch(tx, batch, "leased", "pending", startedAt, patch);
      return "pending";
    }
    const { recipients } = payment;
    if (recipients.length === 0) {
      await moveBatch(tx, batch, "leased", "cancelled", startedAt, { reason: "nobody_left" });
      return "cancelled";
    }
    const attempt = batch.attempts + 1;
    // The channel may have got its credentials only after the batch was formed.
    const capability = capabilityOf(channel, prepared.message.content);
    const patch = {
      contentHash: prepared.hash,
      capability,
      attempts: attempt,
      attemptedAt: startedAt,
      reason: null,
      faults: 0,
    };
    await moveBatch(tx, batch, "leased", "dispatching", startedAt, patch);
    const attemptId = await tx.attempts.open({
      tenantId,
      kind: "send",
      batchId,
      number: attempt,
      leaseEpoch,
      startedAt,
    });
    // A test takes nothing from anybody's caps; the provider counts it like any other message.
    const counts = gate.occurrence.kind === "test" ? "quota" : undefined;
    await tx.deliveries.chargeCaps(tenantId, batchId, startedAt, counts);
    const content = contentOf(prepared.message, links);
    return { attemptId, attempt, monotonic, startedAt, recipients, content };
  });
}

type Gate =
  | { readonly isOpen: true; readonly occurrence: Occurrence; readonly contact: ContactMessage }
  | { readonly isOpen: false; readonly reason: string; readonly notBefore?: number };

const CLOSED: Gate = { isOpen: false, reason: "gate_closed" };

/** Whether the batch may go out at this moment; people who must not be contacted leave it. */
async function gateOf(context: EngineContext, tx: Stores, batch: Batch, channel: Channel, now: number): Promise<Gate> {
  const { tenantId, occurrenceId } = batch;
  const listed = await tx.occurrences.get(tenantId, occurrenceId);
  if (!listed) return CLOSED;
  const definition = await definitionOf(tx, listed);
  const { batchPauseMs } = definition;
  const from = { ...context, stores: tx };
  const contact = await contactMessage(from, definition, channel, listed);
  const quiet = await quietZones(tx, batch, contact, now);
  // Held until the intent is committed: once a pause or a cancellation is answered, nothing begins any more. With a pause
  // between batches they come one after the other, and so they do where people may leave to a further batch.
  const rule = await tx.rules.get(tenantId, batch.ruleId, "shared");
  const isAlone = batchPauseMs > 0 || quiet.closed.length > 0 || contact.spendLimit !== undefined;
  const lock = isAlone ? "exclusive" : "shared";
  const occurrence = await tx.occurrences.get(tenantId, occurrenceId, lock);
  const gate = sendGate(occurrence, rule, now);
  if (gate === "expired") return { isOpen: false, reason: "expired" };
  if (gate !== "open" || !occurrence) return CLOSED;
  const last = batchPauseMs > 0 ? await tx.batches.lastAttemptAt(tenantId, occurrenceId, batch.id) : null;
  if (last !== null && now < last + batchPauseMs) {
    return { isOpen: false, reason: "batch_pause", notBefore: last + batchPauseMs };
  }
  const notBefore = await leaveInQuiet(context, tx, batch, { occurrence, channel, quiet, now });
  if (notBefore !== null) return { isOpen: false, reason: "quiet_hours", notBefore };
  await holdBack(tx, batch, contact, now);
  return { isOpen: true, occurrence, contact };
}
