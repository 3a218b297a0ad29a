import type { EngineContext } from "../engine/engine-context.js";
import type { Channel } from "../ports/channel.js";
import type { HandOn } from "../ports/delivery-store.js";
import type { Stores } from "../ports/stores.js";
import { channelsAfter } from "../rule/fall-back-order.js";
import type { RuleDefinition } from "../rule/rule.js";
import { definitionOf } from "../rule/rule-version.js";
import type { Batch } from "./batch.js";
import { formQueued } from "./form-batches.js";
import { RUNNING_OCCURRENCE_STATES } from "./states.js";

/** Channels behind one of a rule, in their order; undefined: one of them is not configured here. */
export async function channelsBehind(
  context: EngineContext,
  tenantId: number,
  definition: Pick<RuleDefinition, "channels">,
  channel: string,
): Promise<readonly Channel[] | undefined> {
  const found: Channel[] = [];
  for (const name of channelsAfter(definition, channel)) {
    const next = await context.channel(tenantId, name);
    if (!next) {
      context.logger.error("channel.unknown", { tenantId, channel: name });
      return undefined;
    }
    found.push(next);
  }
  return found;
}

/** Hands people to the first of some channels that they have an address on. Inside a transaction. @returns channels that took any */
export async function handTo(
  tx: Stores,
  tenantId: number,
  from: HandOn["from"],
  channels: readonly Channel[],
  at: number,
): Promise<readonly Channel[]> {
  const took: Channel[] = [];
  for (const channel of channels) {
    const { name: to, addressType } = channel;
    if ((await tx.deliveries.handOn(tenantId, { from, to, addressType, at })) > 0) took.push(channel);
  }
  return took;
}

/**
 * Hands the people of a batch who certainly got nothing to the next channel of the rule, in batches of their own, as long as
 * their occurrence goes on and has not expired: one transaction, which takes back the note that somebody ended.
 *
 * @returns whether that was done
 */
export async function handOnEnded(context: EngineContext, batch: Batch): Promise<boolean> {
  const { stores, clock } = context;
  const { tenantId, id: batchId, occurrenceId } = batch;
  const listed = await stores.occurrences.get(tenantId, occurrenceId);
  if (!listed) return false;
  const definition = await definitionOf(stores, listed);
  const channels = await channelsBehind(context, tenantId, definition, batch.channel);
  if (!channels) return false;
  const key = await context.markerKey(tenantId);
  return stores.transaction(async (tx) => {
    // First, so that whoever ends later waits, and notes it anew.
    if (!(await tx.batches.takeEnded(tenantId, batchId))) return false;
    const occurrence = await tx.occurrences.get(tenantId, occurrenceId, "exclusive");
    const at = clock.now();
    const goesOn = occurrence && RUNNING_OCCURRENCE_STATES.includes(occurrence.state) && at < occurrence.expiresAt;
    if (!goesOn || occurrence.kind === "test") return true;
    for (const channel of await handTo(tx, tenantId, { batchId }, channels, at)) {
      await formQueued(tx, { occurrence, definition, channel, key, notBefore: at, at });
    }
    return true;
  });
}
