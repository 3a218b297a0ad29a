import { contactMessage, momentOf } from "../contact/contact-moment.js";
import { gatesFor } from "../contact/contact-policy.js";
import type { EngineContext } from "../engine/engine-context.js";
import type { Stores } from "../ports/stores.js";
import type { RuleDefinition } from "../rule/rule.js";
import type { Batch } from "./batch.js";
import { moveDeliveries } from "./moves.js";
import type { Occurrence } from "./occurrence.js";

/**
 * Takes the people out of a batch whom a gate keeps away at this instant, each with the reason of the first such gate.
 *
 * @param options `isRepeat`: the message may have arrived already. @default false
 * @returns how many people left
 */
export async function holdBack(
  context: Pick<EngineContext, "caps">,
  tx: Stores,
  { id: batchId, channel }: Pick<Batch, "id" | "channel">,
  occurrence: Occurrence,
  definition: RuleDefinition,
  now: number,
  options: { readonly isRepeat?: boolean } = {},
): Promise<number> {
  const message = await contactMessage({ ...context, stores: tx }, { ...definition, channel }, occurrence, options);
  const moment = momentOf(message, now);
  let people = 0;
  for (const { reason, selector } of gatesFor(message)) {
    const held = { batchId, heldBackBy: selector(moment) };
    // Before the look at the ledger, until it is charged: another batch with one of them waits, and sees the charge.
    if ("cappedBy" in held.heldBackBy) await tx.deliveries.lockPeople(occurrence.tenantId, batchId);
    people += await moveDeliveries(tx, occurrence.tenantId, held, "in_batch", "suppressed", now, { reason });
  }
  return people;
}
