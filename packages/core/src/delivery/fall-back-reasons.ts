import type { DeliveryState } from "./states.js";

/** Reason of people whose message was called off, since staff had not confirmed it in time. */
export const CALLED_OFF = "called_off";

/** Reason of people whom none of the staff who may send is a contact of. */
export const NO_SENDER = "no_sender";

/**
 * Why people are handed to the next channel, by what became of them on this one: it is certain that nothing reached them. Of
 * reports only those count that say that the provider never tried: any other one may be followed by a better one.
 */
export const HANDED_ON_REASONS = {
  suppressed: ["no_address", "not_a_friend", "provider_quota", NO_SENDER],
  not_delivered: ["not_a_friend", "provider_quota", CALLED_OFF],
} as const satisfies Partial<Record<DeliveryState, readonly string[]>>;

/** Refusals that are the person's own; every other one hands them on. */
export const KEPT_REFUSALS: readonly string[] = ["provider_blacklist"];

/** States in which somebody may be handed on. */
export const ENDED_STATES: ReadonlySet<DeliveryState> = new Set(["suppressed", "not_delivered", "failed"]);

/** Whether somebody is handed to the next channel. */
export function isToHandOn(state: DeliveryState, reason: string | null): boolean {
  if (state === "failed") return reason === null || !KEPT_REFUSALS.includes(reason);
  if (state !== "suppressed" && state !== "not_delivered") return false;
  const reasons: readonly string[] = HANDED_ON_REASONS[state];
  return reason !== null && reasons.includes(reason);
}
