/** Somebody who must not be contacted: an address, or a customer whatever their address. */
export interface Suppression {
  readonly id: number;
  readonly tenantId: number;
  /** Name of a channel, or `*` for all channels. */
  readonly channel: string;
  /** Address on the channel; null when the customer is meant. */
  readonly address: string | null;
  /** Null when an address is meant. */
  readonly customerId: number | null;
  /** Import key of the customer; null when an address is meant. */
  readonly customerKey: string | null;
  /** Why, as it was given: `opt_out`, `not_a_friend`, `complaint` … */
  readonly reason: string;
  readonly createdAt: number;
}

/** A suppression as a user writes it: one of `address` and `customerKey`. */
export interface SuppressionInput {
  /** @default "*": all channels */
  readonly channel?: string | undefined;
  readonly address?: string | undefined;
  readonly customerKey?: string | undefined;
  /** 1 … 255 characters. */
  readonly reason: string;
}

/** What a suppression becomes as the reason of a delivery. */
export type SuppressedReason = "opt_out" | "not_a_friend" | "blocklist";

/** The delivery's reason for a suppression: its own where there is a gate for it, else `blocklist`. */
export function suppressedReason(reason: string): SuppressedReason {
  return reason === "opt_out" || reason === "not_a_friend" ? reason : "blocklist";
}
