import type { ConversionFigures, ConversionQuery } from "../../conversion/report.js";
import type { DeliveryState } from "../../delivery/states.js";
import type { DeliveryPatch } from "../../ports/delivery-store.js";
import type { Scene } from "../conformance-case.js";
import type { Push } from "../delivery/push-builders.js";
import { expectSame } from "../expect.js";

export const DAY = 86_400_000;
/** Attribution window of these facts. */
export const WINDOW = 7 * DAY;

export const NOTHING: ConversionFigures = {
  delivered: 0,
  waiting: 0,
  notDelivered: 0,
  failed: 0,
  unknown: 0,
  audience: 0,
  orders: 0,
  buyers: 0,
  revenueMinor: 0,
  refundedMinor: 0,
};

/** Figures of the scene's tenant with a window of 7 days, as of 30 days later. */
export function figures(
  { stores, tenantId, now }: Scene,
  query: Partial<ConversionQuery> = {},
): Promise<ConversionFigures> {
  return stores.conversions.figures({ tenantId, asOf: now + 30 * DAY, windowMs: WINDOW, statuses: ["paid"], ...query });
}

/** Moves deliveries of a push to a state; the map names customer keys and the instant of the provider's word. */
export async function reach(
  { stores, tenantId }: Scene,
  { batch }: Push,
  state: DeliveryState,
  people: Readonly<Record<string, number>>,
  acceptedAt?: number,
): Promise<void> {
  for (const [key, at] of Object.entries(people)) {
    const selector = { batchId: batch.id, addresses: [`wm_${key}`] };
    const move = async (from: DeliveryState, to: DeliveryState, patch: DeliveryPatch) => {
      expectSame(
        await stores.deliveries.transition(tenantId, selector, from, to, patch, at),
        1,
        `${key} becomes ${to}`,
      );
    };
    if (state === "delivered" || state === "not_delivered") {
      await move("in_batch", "accepted", { acceptedAt: acceptedAt ?? at });
      await move("accepted", state, state === "delivered" ? { deliveredAt: at } : { reason: "staff_not_confirmed" });
    } else if (state === "needs_review") {
      await move("in_batch", "unknown", {});
      await move("unknown", state, {});
    } else {
      await move("in_batch", state, state === "accepted" ? { acceptedAt: at } : { reason: "test" });
    }
  }
}
