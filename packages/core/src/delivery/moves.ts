import type { BatchKey, BatchPatch } from "../ports/batch-store.js";
import type { AcceptedMessage, DeliveryPatch, DeliverySelector } from "../ports/delivery-store.js";
import type { OccurrencePatch } from "../ports/occurrence-store.js";
import type { Stores } from "../ports/stores.js";
import { type BatchState, type DeliveryState, HELD_BATCH_STATES, type OccurrenceState } from "./states.js";
import { applyTransition, assertLegal, LeaseLostError } from "./transition.js";

/** Moves an occurrence. @throws {LeaseLostError} it was not in `from` any more, or its lease was lost */
export async function moveOccurrence(
  tx: Stores,
  { tenantId, id, leaseEpoch }: { readonly tenantId: number; readonly id: number; readonly leaseEpoch?: number },
  from: OccurrenceState,
  to: OccurrenceState,
  at: number,
  patch: OccurrencePatch = {},
): Promise<void> {
  const key = { tenantId, id, ...(leaseEpoch !== undefined && { leaseEpoch }) };
  await applyTransition(tx, { entity: "occurrence", key, from, to, patch }, at);
}

/** Moves a batch, and gives its lease back unless the new state is one of work. @throws {LeaseLostError} somebody else holds it */
export async function moveBatch(
  tx: Stores,
  { tenantId, id, leaseEpoch }: BatchKey,
  from: BatchState,
  to: BatchState,
  at: number,
  patch: BatchPatch = {},
  { keepsLease = HELD_BATCH_STATES.includes(to) }: { readonly keepsLease?: boolean } = {},
): Promise<void> {
  const key = { tenantId, id, leaseEpoch };
  await applyTransition(tx, { entity: "batch", key, from, to, patch, release: !keepsLease }, at);
}

/** Holds a batch until the transaction ends, before anything of it is looked at. @throws {LeaseLostError} somebody else has it */
export async function holdBatch(tx: Stores, { tenantId, id, leaseEpoch }: BatchKey): Promise<void> {
  if (!(await tx.batches.advance({ tenantId, id, leaseEpoch }, {}))) throw new LeaseLostError("batch", id);
}

/** Moves those of the selected people who are in `from`. @returns how many */
export function moveDeliveries(
  tx: Stores,
  tenantId: number,
  selector: DeliverySelector,
  from: DeliveryState,
  to: DeliveryState,
  at: number,
  patch: DeliveryPatch = {},
): Promise<number> {
  return applyTransition(tx, { entity: "delivery", tenantId, selector, from, to, patch }, at);
}

/** Moves people of a batch who are in `from` to `accepted`, each with a message of their own. @returns how many */
export async function acceptEach(
  tx: Stores,
  tenantId: number,
  batchId: number,
  from: DeliveryState,
  messages: readonly AcceptedMessage[],
  updatedAt: number,
  acceptedAt = updatedAt,
): Promise<number> {
  assertLegal("delivery", from, "accepted");
  const count = await tx.deliveries.acceptEach(tenantId, batchId, from, messages, { acceptedAt, updatedAt });
  const line = { entityId: batchId, from, to: "accepted", reason: null, leaseEpoch: null };
  if (count > 0) await tx.audit.add([{ ...line, tenantId, entity: "delivery", count, at: updatedAt }]);
  return count;
}
