import { type ContactMessage, momentOf } from "../contact/contact-moment.js";
import { gatesFor } from "../contact/contact-policy.js";
import type { Stores } from "../ports/stores.js";
import type { Batch } from "./batch.js";
import { moveDeliveries } from "./moves.js";

/**
 * Takes the people out of a batch whom a gate keeps away at this instant, each with the reason of the first such gate.
 *
 * @returns how many people left
 */
export async function holdBack(
  tx: Stores,
  { tenantId, id: batchId }: Pick<Batch, "tenantId" | "id">,
  message: ContactMessage,
  now: number,
): Promise<number> {
  const moment = momentOf(message, now);
  let people = 0;
  for (const { reason, selector } of gatesFor(message)) {
    const held = { batchId, heldBackBy: selector(moment) };
    // Before the look at the ledger, until it is charged: another batch with one of them waits, and sees the charge.
    if ("cappedBy" in held.heldBackBy || "overQuota" in held.heldBackBy)
      await tx.deliveries.lockPeople(tenantId, batchId);
    people += await moveDeliveries(tx, tenantId, held, "in_batch", "suppressed", now, { reason });
  }
  return people;
}
