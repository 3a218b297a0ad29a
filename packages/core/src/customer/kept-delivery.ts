import type { DeliveryState } from "../delivery/states.js";

/** What is compared of two deliveries of one push when their people turn out to be one. */
export interface RivalDelivery {
  /** As it is stored. */
  readonly state: DeliveryState;
  /** When the message reached the person, epoch ms; null: it did not, as far as known. */
  readonly touchedAt: number | null;
  /** A call for its batch may have happened. */
  readonly isCalled: boolean;
}

const OPEN: readonly DeliveryState[] = ["unknown", "needs_review"];

/** How near a delivery is to having reached the person; 0 is nearest. */
function distanceOf({ state, touchedAt, isCalled }: RivalDelivery): number {
  if (touchedAt !== null) return 0;
  if (OPEN.includes(state)) return 1;
  if (state === "in_batch") return isCalled ? 2 : 3;
  return state === "queued" ? 4 : 5;
}

/**
 * Whether the first of two deliveries of one push stands for the person rather than the second: what reached them, then what
 * may have, then what is furthest on its way. Of two that reached them the earlier one, so that every order after it keeps its
 * credit.
 */
export function standsBefore(a: RivalDelivery, b: RivalDelivery): boolean {
  const nearer = distanceOf(b) - distanceOf(a);
  return nearer === 0 ? (a.touchedAt ?? 0) < (b.touchedAt ?? 0) : nearer > 0;
}
