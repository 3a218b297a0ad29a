import { slicesOf } from "../chunks.js";
import type { EngineContext } from "../engine/engine-context.js";
import type { Channel, SendOutcome } from "../ports/channel.js";
import type { AcceptedMessage } from "../ports/delivery-store.js";
import type { Stores } from "../ports/stores.js";
import type { Batch } from "./batch.js";
import { formLaterBatch } from "./form-batches.js";
import { acceptEach, moveDeliveries } from "./moves.js";
import { refundSpend } from "./spend.js";
import type { BatchState, DeliveryState } from "./states.js";

const ROWS = 1000;

/** What a call said about its recipients. */
export interface Answer {
  /** Where the members stand: `in_batch`, or what a late answer finds them in. */
  readonly from: "in_batch" | "unknown" | "needs_review";
  readonly addresses: readonly string[];
  /** One per address. */
  readonly outcomes: readonly SendOutcome[];
  readonly at: number;
  /** An earlier call of the batch may have been performed: nobody's caps are given back. @default false */
  readonly mayBeSent?: boolean;
}

/** What becomes of a batch by the outcomes of its recipients: as long as one is not known it is looked up. */
export function stateAfter(outcomes: readonly SendOutcome[]): "unknown" | "accepted" | "pending" | "rejected" {
  const has = (kind: SendOutcome["kind"]) => outcomes.some((outcome) => outcome.kind === kind);
  if (has("unknown")) return "unknown";
  if (has("accepted")) return "accepted";
  return has("deferred") ? "pending" : "rejected";
}

/** The message that all who were accepted have; null when they have messages of their own, or nobody was. */
export function sharedMessage(outcomes: readonly SendOutcome[]): string | null {
  const ids = new Set(outcomes.flatMap((outcome) => (outcome.kind === "accepted" ? outcome.providerMessageId : [])));
  const [id = null] = ids;
  return ids.size === 1 ? id : null;
}

/**
 * Moves the members of an answered batch: refused ones fail, accepted ones keep their message, those nobody knows of are
 * looked up, deferred ones go to a later batch. Where the batch itself waits, deferred ones wait with it.
 */
export async function settleRecipients(
  tx: Stores,
  context: EngineContext,
  batch: Batch,
  channel: Channel,
  { from, addresses, outcomes, at, mayBeSent = false }: Answer,
): Promise<BatchState> {
  const { tenantId, id: batchId } = batch;
  const state = stateAfter(outcomes);
  // Who forms a further batch numbers it: one after the other.
  if (outcomes.some(({ kind }) => kind === "deferred"))
    await tx.occurrences.get(tenantId, batch.occurrenceId, "exclusive");
  const move = async (
    group: readonly string[],
    to: DeliveryState,
    patch: { reason: string | null; batchId?: null },
  ) => {
    for (const slice of slicesOf(group, ROWS)) {
      await moveDeliveries(tx, tenantId, { batchId, addresses: slice }, from, to, at, patch);
    }
  };
  for (const [reason, group] of refusals(addresses, outcomes)) {
    await move(group, "failed", { reason });
    if (LASTING_REFUSALS.has(reason)) await suppressAddresses(tx, batch, group, reason, at);
  }
  const deferred = addressesOf("deferred", addresses, outcomes);
  // In review a person may not be queued any more; what is certain is that nothing was sent.
  if (from === "needs_review") await move(deferred, "failed", { reason: "deferred" });
  else if (state !== "pending") await move(deferred, "queued", { reason: "deferred", batchId: null });
  if (from === "in_batch") await move(addressesOf("unknown", addresses, outcomes), "unknown", { reason: null });
  await acceptMembers(tx, batch, channel, { from, addresses, outcomes, at });
  // Whoever is not accepted by now, nor perhaps, got nothing and may hear from us again.
  if (!mayBeSent) {
    await tx.deliveries.refundCaps(tenantId, batchId);
    if (channel.costOf && outcomes.some(({ kind }) => kind === "refused" || kind === "deferred")) {
      await refundSpend(tx, batch);
    }
  }
  if (state !== "pending" && deferred.length > 0 && from !== "needs_review") {
    await formLaterBatch(tx, context, batch, channel, { notBefore: deferredUntil(outcomes), at });
  }
  return state;
}

/** Reasons of refusals that hold for the address and not for the message: whoever has it is asked no more. */
const LASTING_REFUSALS: ReadonlySet<string> = new Set(["provider_blacklist"]);

/** Keeps addresses from further calls on the channel; who refuses them is not asked again. */
async function suppressAddresses(
  tx: Stores,
  { tenantId, channel }: Batch,
  addresses: readonly string[],
  reason: string,
  createdAt: number,
): Promise<void> {
  for (const slice of slicesOf(addresses, ROWS)) {
    const entries = slice.map((address) => ({ tenantId, channel, address, customerId: null, reason, createdAt }));
    await tx.suppressions.putMany(tenantId, entries);
  }
}

/** A message for all is written in one statement, whoever is left; messages of one's own row by row, in bulk. */
async function acceptMembers(
  tx: Stores,
  { tenantId, id: batchId }: Batch,
  { personal }: Channel,
  { from, addresses, outcomes, at }: Answer,
): Promise<void> {
  const providerMessageId = personal ? null : sharedMessage(outcomes);
  if (providerMessageId !== null) {
    const patch = { acceptedAt: at, reason: null, providerMessageId };
    await moveDeliveries(tx, tenantId, { batchId }, from, "accepted", at, patch);
    return;
  }
  const messages = addresses.flatMap((address, index): AcceptedMessage[] => {
    const outcome = outcomes[index];
    return outcome?.kind === "accepted" ? [{ address, providerMessageId: outcome.providerMessageId }] : [];
  });
  for (const slice of slicesOf(messages, ROWS)) await acceptEach(tx, tenantId, batchId, from, slice, at);
}

/** The latest instant that recipients are put off to; 0 when nobody is. */
export function deferredUntil(outcomes: readonly SendOutcome[]): number {
  return outcomes.reduce(
    (latest, outcome) => (outcome.kind === "deferred" ? Math.max(latest, outcome.notBefore) : latest),
    0,
  );
}

function addressesOf(
  kind: SendOutcome["kind"],
  addresses: readonly string[],
  outcomes: readonly SendOutcome[],
): readonly string[] {
  return addresses.filter((_, index) => outcomes[index]?.kind === kind);
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
