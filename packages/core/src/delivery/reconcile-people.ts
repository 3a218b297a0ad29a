import { slicesOf } from "../chunks.js";
import type { EngineContext } from "../engine/engine-context.js";
import type { FoundMessage } from "../ports/channel.js";
import type { AcceptedMessage } from "../ports/delivery-store.js";
import type { Batch } from "./batch.js";
import { alarmOfCopies, callOff } from "./doubt.js";
import { formLaterBatch } from "./form-batches.js";
import type { LookedUp } from "./look-up.js";
import { acceptEach, holdBatch, moveBatch, moveDeliveries } from "./moves.js";
import { giveBack } from "./spend.js";

/** Rows moved in one statement. */
const ROWS = 1_000;

/**
 * Settles the people of a personal batch one by one: whose message is there has it; whose is certainly not there goes out
 * again in a later batch, if it may; of the others nobody knows yet.
 *
 * @returns `settled`: the batch is accepted; `nobody-there`: it may go out again as a whole; `open`: it stays in question
 */
export async function settlePeople(
  context: EngineContext,
  batch: Batch,
  { channel, recipients, messages }: LookedUp,
  { mayResend }: { readonly mayResend: boolean },
): Promise<"settled" | "nobody-there" | "open"> {
  const at = context.clock.now();
  const { tenantId, id: batchId } = batch;
  const wanted = new Set(recipients.map(({ address }) => address));
  const firstOf = new Map<string, FoundMessage>();
  const copies: FoundMessage[] = [];
  for (const message of messages) {
    const { address } = message;
    if (address === undefined || !wanted.has(address)) continue;
    if (firstOf.has(address)) copies.push(message);
    else firstOf.set(address, message);
  }
  const missing = recipients.map(({ address }) => address).filter((address) => !firstOf.has(address));
  const { accepted = 0 } = await context.stores.deliveries.countByState(tenantId, { batchId });
  const isNobodyThere = firstOf.size === 0 && accepted === 0;
  if (isNobodyThere && mayResend) return "nobody-there";
  const isOver = missing.length === 0 || mayResend;
  if (!isOver && firstOf.size === 0) return "open";
  await context.stores.transaction(async (tx) => {
    await holdBatch(tx, batch);
    // Who forms a further batch numbers it: one after the other.
    if (isOver && missing.length > 0) await tx.occurrences.get(tenantId, batch.occurrenceId, "exclusive");
    for (const [acceptedAt, group] of byInstant(firstOf, batch.attemptedAt ?? 0)) {
      await acceptEach(tx, tenantId, batchId, "unknown", group, at, acceptedAt);
    }
    await alarmOfCopies(tx, batch, copies, at);
    if (!isOver) return;
    for (const addresses of slicesOf(missing, ROWS)) {
      const patch = { reason: null, batchId: null };
      await moveDeliveries(tx, tenantId, { batchId, addresses }, "unknown", "queued", at, patch);
    }
    await giveBack(tx, batch);
    const patch = { acceptedAt: at, notBefore: at + context.timings.resultsPollMs, settled: !channel.results };
    await moveBatch(tx, batch, "reconciling", "accepted", at, patch);
    if (missing.length > 0) {
      await formLaterBatch(tx, context, batch, channel, { notBefore: at, resends: batch.resends + 1, at });
    }
  });
  await callOff(context, batch, channel, copies);
  return isOver ? "settled" : "open";
}

/** Messages by the instant at which they count as accepted. */
function byInstant(found: ReadonlyMap<string, FoundMessage>, earliest: number): ReadonlyMap<number, AcceptedMessage[]> {
  const groups = new Map<number, AcceptedMessage[]>();
  for (const [address, { providerMessageId, createdAt }] of found) {
    const at = Math.max(createdAt, earliest);
    groups.set(at, [...(groups.get(at) ?? []), { address, providerMessageId }]);
  }
  return groups;
}
