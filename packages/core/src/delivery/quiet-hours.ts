import type { ContactMessage } from "../contact/contact-moment.js";
import { openingAt, zoneOfPerson } from "../contact/quiet-hours.js";
import type { EngineContext } from "../engine/engine-context.js";
import type { Channel } from "../ports/channel.js";
import type { Stores } from "../ports/stores.js";
import type { Batch } from "./batch.js";
import { formLaterBatch } from "./form-batches.js";
import { moveDeliveries } from "./moves.js";
import type { Occurrence } from "./occurrence.js";

/** Zones of a batch in which it may not go out now. */
export interface QuietZones {
  /** `zone`: as the people have it, null for those who have none of their own. */
  readonly closed: readonly { readonly zone: string | null; readonly opensAt: number }[];
  /** There are people for whom it may. */
  readonly isOpenForSome: boolean;
}

const NONE: QuietZones = { closed: [], isOpenForSome: true };

/** Looks which people of a batch have quiet hours at an instant: one statement, and none where the message knows no hours. */
export async function quietZones(
  tx: Stores,
  { tenantId, id }: Pick<Batch, "tenantId" | "id">,
  { window, timeZone }: Pick<ContactMessage, "window" | "timeZone">,
  now: number,
  state: "in_batch" | "unknown" = "in_batch",
): Promise<QuietZones> {
  if (!window) return NONE;
  const zones = await tx.deliveries.zones(tenantId, id, state);
  const all = zones.map((zone) => ({ zone, opensAt: openingAt(window, zoneOfPerson(zone, timeZone), now) }));
  const closed = all.filter(({ opensAt }) => opensAt > now);
  return { closed, isOpenForSome: closed.length < all.length };
}

/**
 * Lets people with quiet hours leave the batch: to a later one that begins with their morning, or for good where that is too
 * late. Where everybody has them nobody leaves, and the batch itself waits. Inside a transaction that holds the occurrence alone.
 *
 * @returns until when the batch waits; null: it need not
 */
export async function leaveInQuiet(
  context: EngineContext,
  tx: Stores,
  batch: Batch,
  {
    occurrence,
    channel,
    quiet,
    now,
  }: {
    readonly occurrence: Pick<Occurrence, "expiresAt">;
    readonly channel: Channel;
    readonly quiet: QuietZones;
    readonly now: number;
  },
): Promise<number | null> {
  const { tenantId, id: batchId } = batch;
  const late = quiet.closed.filter(({ opensAt }) => opensAt >= occurrence.expiresAt);
  for (const { zone } of late) {
    const patch = { reason: "quiet_hours_expired" };
    await moveDeliveries(tx, tenantId, { batchId, inZone: zone }, "in_batch", "suppressed", now, patch);
  }
  const waiting = quiet.closed.filter(({ opensAt }) => opensAt < occurrence.expiresAt);
  const openings = [...new Set(waiting.map(({ opensAt }) => opensAt))].sort((a, b) => a - b);
  if (!quiet.isOpenForSome) return openings[0] ?? null;
  // Each group finds its own batch before the next is queued: a batch takes whoever is queued.
  for (const notBefore of openings) {
    for (const { zone } of waiting.filter(({ opensAt }) => opensAt === notBefore)) {
      const patch = { reason: "quiet_hours", batchId: null };
      await moveDeliveries(tx, tenantId, { batchId, inZone: zone }, "in_batch", "queued", now, patch);
    }
    await formLaterBatch(tx, context, batch, channel, { notBefore, at: now, resends: batch.resends });
  }
  return null;
}
