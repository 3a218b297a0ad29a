import * as z from "zod";
import { slicesOf } from "../chunks.js";
import type { EngineContext } from "../engine/engine-context.js";
import { ConflictError, InputError, NotFoundError } from "../errors.js";
import { idSchema } from "../input.js";
import type { Stores } from "../ports/stores.js";
import type { Batch } from "./batch.js";
import { completeOccurrence } from "./complete.js";
import { moveMembers } from "./members.js";
import { moveBatch, moveDeliveries } from "./moves.js";
import { giveBack } from "./spend.js";
import { LeaseLostError } from "./transition.js";

/** What an operator found out: it was sent, it was not, or it was not and shall be sent now. */
export const REVIEW_DECISIONS = ["accepted", "rejected", "pending"] as const;
export type ReviewDecision = (typeof REVIEW_DECISIONS)[number];

/**
 * Ends the review of a batch whose outcome nobody could find out.
 *
 * `accepted`: its people count as reached, without reports, since no message of the provider is known. `rejected`: they
 * certainly got nothing. `pending`: the same, and the batch goes out again; whoever decides so answers for it.
 *
 * With `customerIds` only these people are decided on, `accepted` or `rejected`: of messages of one's own some may be there and
 * others not. The review ends with the last of them.
 *
 * @throws {NotFoundError} `batch.not-found`. @throws {ConflictError} `review.closed`: it is not in review (any more);
 *   `review.too-late`: its occurrence has expired or ended, so that it can't go out again
 */
export async function decideReview(
  context: EngineContext,
  tenantId: number,
  batchId: number,
  decision: ReviewDecision,
  { customerIds }: { readonly customerIds?: readonly number[] } = {},
): Promise<Batch> {
  const at = context.clock.now();
  const batch = await inOneStep(context, async (tx) => {
    const found = await batchOf(tx, tenantId, batchId);
    if (found.state !== "needs_review") throw new ConflictError("review.closed", `batch ${batchId} is not in review`);
    if (customerIds) await decideOnPeople(tx, found, decision, customerIds, at);
    else await DECISIONS[decision](tx, found, at);
    return batchOf(tx, tenantId, batchId);
  });
  await completeOccurrence(context, tenantId, batch.occurrenceId);
  context.bell.ring();
  return batch;
}

/**
 * Lets a batch that failed by our own fault be tried again.
 *
 * @throws {NotFoundError} `batch.not-found`. @throws {ConflictError} `dead-letter.closed`: it is not dead (any more)
 */
export async function redriveBatch(context: EngineContext, tenantId: number, batchId: number): Promise<Batch> {
  const at = context.clock.now();
  const batch = await inOneStep(context, async (tx) => {
    const found = await batchOf(tx, tenantId, batchId);
    if (found.state !== "dead") throw new ConflictError("dead-letter.closed", `batch ${batchId} is not a dead letter`);
    const patch = { faults: 0, notBefore: at, reason: "redriven" };
    await moveBatch(tx, found, "dead", "pending", at, patch);
    return batchOf(tx, tenantId, batchId);
  });
  context.bell.ring();
  return batch;
}

/** Options of a decision. */
export const decideOptionsSchema = z.strictObject({ customerIds: z.array(idSchema).min(1).max(10_000).optional() });

const REASON = "operator";
const ROWS = 1_000;

const DECISIONS: Readonly<Record<ReviewDecision, (tx: Stores, batch: Batch, at: number) => Promise<void>>> = {
  async accepted(tx, batch, at) {
    const acceptedAt = batch.attemptedAt ?? at;
    const patch = { acceptedAt, reason: REASON, settled: true };
    await moveBatch(tx, batch, "needs_review", "accepted", at, patch);
    await moveMembers(tx, batch, "needs_review", "accepted", REASON, acceptedAt);
  },
  async rejected(tx, batch, at) {
    await moveBatch(tx, batch, "needs_review", "rejected", at, { reason: REASON });
    await moveMembers(tx, batch, "needs_review", "failed", REASON, at);
    await giveBack(tx, batch);
  },
  async pending(tx, batch, at) {
    const occurrence = await tx.occurrences.get(batch.tenantId, batch.occurrenceId, "shared");
    if (
      !occurrence ||
      (occurrence.state !== "running" && occurrence.state !== "paused") ||
      at >= occurrence.expiresAt
    ) {
      throw new ConflictError("review.too-late", `the occurrence of batch ${batch.id} has expired or ended`);
    }
    const patch = { reason: REASON, resends: batch.resends + 1, lookUps: 0, notBefore: at };
    await moveBatch(tx, batch, "needs_review", "pending", at, patch);
    await moveMembers(tx, batch, "needs_review", "in_batch", null, at);
    await giveBack(tx, batch);
  },
};

/** Decides on some; with the last of them the batch ends as one that reached somebody, or nobody. */
async function decideOnPeople(
  tx: Stores,
  batch: Batch,
  decision: ReviewDecision,
  customerIds: readonly number[],
  at: number,
): Promise<void> {
  if (decision === "pending") {
    const message = "only a whole batch can go out again";
    throw new InputError([{ path: "customerIds", code: "review.whole-batch", message }]);
  }
  const { tenantId, id: batchId } = batch;
  const meant = new Set(customerIds);
  const inReview = await tx.deliveries.people(tenantId, batchId, "needs_review");
  const named = inReview.filter(({ customerId }) => meant.has(customerId));
  const acceptedAt = batch.attemptedAt ?? at;
  for (const people of slicesOf(named, ROWS)) {
    const selector = { batchId, addresses: people.map(({ address }) => address) };
    if (decision === "accepted") {
      await moveDeliveries(tx, tenantId, selector, "needs_review", "accepted", at, { acceptedAt, reason: REASON });
    } else {
      await moveDeliveries(tx, tenantId, selector, "needs_review", "failed", at, { reason: REASON });
    }
  }
  await giveBack(tx, batch);
  if (named.length < inReview.length) return;
  const { accepted = 0, delivered = 0 } = await tx.deliveries.countByState(tenantId, { batchId });
  const isThere = accepted + delivered > 0;
  const patch = isThere ? { acceptedAt, reason: REASON, settled: true } : { reason: REASON };
  await moveBatch(tx, batch, "needs_review", isThere ? "accepted" : "rejected", at, patch);
}

async function batchOf(tx: Stores, tenantId: number, batchId: number): Promise<Batch> {
  const batch = await tx.batches.get(tenantId, batchId, "exclusive");
  if (batch) return batch;
  throw new NotFoundError("batch.not-found", `no batch ${batchId}`);
}

/** A late answer may come between our read and our write: the decision is then no longer asked for. */
async function inOneStep(context: EngineContext, work: (tx: Stores) => Promise<Batch>): Promise<Batch> {
  try {
    return await context.stores.transaction(work);
  } catch (error) {
    if (LeaseLostError.is(error)) throw new ConflictError("review.closed", "the batch has moved on by itself");
    throw error;
  }
}
