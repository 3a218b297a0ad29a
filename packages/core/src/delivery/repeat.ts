import { contactMessage } from "../contact/contact-moment.js";
import type { EngineContext } from "../engine/engine-context.js";
import type { Stores } from "../ports/stores.js";
import { definitionOf } from "../rule/rule-version.js";
import type { Batch } from "./batch.js";
import { issueLinks } from "./batch-links.js";
import { holdBack } from "./hold-back.js";
import type { Intent } from "./intent.js";
import { sendGate } from "./may-be-sent.js";
import { moveMembers } from "./members.js";
import { holdBatch, moveBatch } from "./moves.js";
import { quietZones } from "./quiet-hours.js";
import { contentOf, type Message, recipientsOf } from "./recipients.js";
import { call, prepare } from "./send-batch.js";

/** What kept a repeat from going out: a person must not be contacted any more, the push does not go on, or not at this hour. */
export type NoRepeat = "unwanted" | "closed" | { readonly quietUntil: number };

/**
 * Sends a batch again whose first call may have been performed: the provider drops the repeat by its key, or the rule takes
 * the risk.
 *
 * Such a batch never rests in `pending`, where it could be cancelled, expire or lose members as if it had certainly not been
 * sent: it goes from `reconciling` to `dispatching` in one transaction, and back to `unknown` unless its people are accepted.
 * Its people stay charged in the cap ledger all the while.
 *
 * @returns why it was not sent; undefined when it was
 */
export async function repeatBatch(context: EngineContext, batch: Batch): Promise<NoRepeat | undefined> {
  const { message, hash, refusal } = await prepare(context, batch);
  if (refusal) return "unwanted";
  const intent = await recordRepeat(context, batch, message, hash);
  if (typeof intent === "string" || "quietUntil" in intent) return intent;
  await call(context, { ...batch, state: "dispatching" }, message, intent, { mayBeSent: true });
  return undefined;
}

class Unwanted extends Error {}

/** When the first attempt began that may have been performed. */
async function doubtfulSince(tx: Stores, { tenantId, id: batchId, attemptedAt, createdAt }: Batch): Promise<number> {
  const { items } = await tx.attempts.list(tenantId, { batchId, kind: "send", limit: MOST_ATTEMPTS });
  const first = items.find(({ class: effect }) => effect === null || effect === "UNKNOWN" || effect === "BUSY");
  return first?.startedAt ?? attemptedAt ?? createdAt;
}

/** Far more than one batch has: most calls of it are refused for the moment. */
const MOST_ATTEMPTS = 200;

async function recordRepeat(
  context: EngineContext,
  batch: Batch,
  message: Message,
  hash: string,
): Promise<Intent | NoRepeat> {
  const monotonic = context.clock.monotonic();
  const startedAt = context.clock.now();
  const { tenantId, id: batchId, leaseEpoch } = batch;
  try {
    return await context.stores.transaction(async (tx) => {
      await holdBatch(tx, batch);
      const rule = await tx.rules.get(tenantId, batch.ruleId, "shared");
      const occurrence = await tx.occurrences.get(tenantId, batch.occurrenceId, "shared");
      if (!occurrence || sendGate(occurrence, rule, startedAt) !== "open") return "closed";
      const definition = await definitionOf(tx, occurrence);
      const from = { ...context, stores: tx };
      const contact = await contactMessage(from, definition, message.channel, occurrence, { isRepeat: true });
      // The message goes out to all once more, or not at all.
      const { closed } = await quietZones(tx, batch, contact, startedAt, "unknown");
      const quietUntil = Math.max(0, ...closed.map(({ opensAt }) => opensAt));
      if (closed.length > 0) return quietUntil < occurrence.expiresAt ? { quietUntil } : "closed";
      const attempt = batch.attempts + 1;
      const resent = { resends: batch.resends + 1 };
      await moveBatch(tx, batch, "reconciling", "pending", startedAt, resent, { keepsLease: true });
      await moveBatch(tx, batch, "pending", "leased", startedAt);
      const patch = { contentHash: hash, attempts: attempt, attemptedAt: startedAt, reason: null };
      await moveBatch(tx, batch, "leased", "dispatching", startedAt, patch);
      await moveMembers(tx, batch, "unknown", "in_batch", null, startedAt);
      const held = await holdBack(tx, batch, contact, startedAt);
      // Whoever may have it already can't be called suppressed, nor be left out of a message that is repeated as a whole.
      if (held > 0) throw new Unwanted();
      const links = await issueLinks(tx, batch, message, startedAt);
      const recipients = await recipientsOf(tx, batch, message, "in_batch", links);
      const mayBeSentSince = await doubtfulSince(tx, batch);
      const attemptId = await tx.attempts.open({
        tenantId,
        kind: "send",
        batchId,
        number: attempt,
        leaseEpoch,
        startedAt,
      });
      const content = contentOf(message, links);
      return { attemptId, attempt, monotonic, startedAt, recipients, content, mayBeSentSince };
    });
  } catch (error) {
    if (error instanceof Unwanted) return "unwanted";
    throw error;
  }
}
