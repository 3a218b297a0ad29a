import type { CustomerId, SuppressionId, TenantId } from "../id.js";
import type { PageOptions } from "../page.js";

/**
 * Channel of entries with the reason `open_ticket`, which hold marketing messages back whatever carries them, and no others. Its own,
 * so that such an entry comes and goes beside an opt-out from all channels.
 */
export const ALL_MARKETING = "*marketing";

/** Channels of the entries that a message of a channel is held against. @param category of its template. @default none */
export function suppressionChannels(channel: string, category?: string): readonly string[] {
  const all = [channel, "*"];
  const narrower = category === undefined ? [] : all.map((name) => `${name}#${category}`);
  return [...all, ALL_MARKETING, ...narrower];
}

/** Somebody who must not be contacted: an address, or a customer whatever their address. */
export interface Suppression {
  /** Its id. */
  readonly id: SuppressionId;
  /** The merchant that may not contact the person. */
  readonly tenantId: TenantId;
  /**
   * Name of a channel, `*` for all channels, or {@link ALL_MARKETING}; with `#` and a category (`sms#news`) only messages of templates
   * of that category.
   */
  readonly channel: string;
  /** Address on the channel; null when the customer is meant. */
  readonly address: string | null;
  /** Null when an address is meant, or somebody who is not known yet. */
  readonly customerId: CustomerId | null;
  /** Import key of the customer, who may not be known yet; null when an address is meant. */
  readonly externalKey: string | null;
  /** Why, as it was given: `opt_out`, `not_a_friend`, `complaint` … */
  readonly reason: string;
  /** When it was recorded, in ms since the epoch. */
  readonly createdAt: number;
}

/** What a list of suppressions takes. */
export interface SuppressionListOptions extends PageOptions {
  /** Only entries of exactly this channel; `*` names those for all channels, `sms#news` those for a category. @default of every channel */
  readonly channel?: string | null | undefined;
}

/** Somebody to keep from being contacted: one of `address` and `externalKey`. */
export interface SuppressionInput {
  /**
   * Name of a channel, lower case, 1 … 64 characters, or `*`. With `#` and a category of templates, `email#促销`, only messages of
   * that category are kept away. @default "*": all channels
   */
  readonly channel?: string | null | undefined;
  /** An address on the channel, 1 … 255 characters; whoever has it is meant. */
  readonly address?: string | null | undefined;
  /** Import key of a customer, whatever their address is, 1 … 255 characters; one who is not known yet is suppressed when they come. */
  readonly externalKey?: string | null | undefined;
  /** Why, 1 … 255 characters; `opt_out`, `not_a_friend` and `open_ticket` are reasons of their own in deliveries, any other is `blocklist`. */
  readonly reason: string;
}

/** What a suppression becomes as the reason of a delivery. */
export type SuppressedReason = "opt_out" | "not_a_friend" | "open_ticket" | "blocklist";

/** Of two reasons the one whose gate is asked first. */
export function strongerReason(a: string, b: string): string {
  const order = ["opt_out", "not_a_friend", "blocklist", "open_ticket"];
  return order.indexOf(suppressedReason(b)) < order.indexOf(suppressedReason(a)) ? b : a;
}

/** The delivery's reason for a suppression: its own where there is a gate for it, else `blocklist`. */
export function suppressedReason(reason: string): SuppressedReason {
  return reason === "opt_out" || reason === "not_a_friend" || reason === "open_ticket" ? reason : "blocklist";
}
