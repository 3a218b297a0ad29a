import type { IdentityType } from "../customer/customer.js";
import type { MessageContent } from "../rule/content.js";

/** What the provider offers for finding a call again: a key of ours, a look-up, or nothing. */
export type Capability = "keyed" | "lookup" | "none";

/** One call's worth of recipients. */
export interface OutgoingBatch {
  readonly tenantId: number;
  /** 12 base32 characters, the same for all attempts; the channel places it where `lookUp` can find it. */
  readonly marker: string;
  /** Rendered; no variables are left. */
  readonly content: MessageContent;
  /** 1 … `maxBatchSize` addresses of the channel's `addressType`, each once. */
  readonly addresses: readonly string[];
}

/** What became of one recipient. */
export type SendOutcome =
  | { readonly kind: "accepted"; readonly providerMessageId: string }
  | { readonly kind: "refused"; readonly reason: string; readonly providerCode?: string }
  | { readonly kind: "deferred"; readonly notBefore: number }
  | { readonly kind: "unknown"; readonly reason: string };

/** A fact about a call that is no outcome of a recipient, for example a stranger in the failure list. */
export interface SendWarning {
  readonly code: string;
  /** Facts without personal data. */
  readonly detail: string;
  /** Whom it is about; kept with the alarm, for those who may read addresses. */
  readonly addresses?: readonly string[];
}

export interface SendOptions {
  /** Monotonic ms, compared right before the first byte; later is proof that nothing was sent. */
  readonly writeBy: number;
  readonly signal: AbortSignal;
  readonly onWarning?: (warning: SendWarning) => void;
}

/** A message of ours that the provider knows. */
export interface FoundMessage {
  readonly providerMessageId: string;
  /** Epoch ms by the provider's clock. */
  readonly createdAt: number;
}

/** The provider's own word about one recipient. `pending` means that it has not decided yet. */
export interface DeliveryReport {
  readonly address: string;
  readonly kind: "delivered" | "not_delivered" | "pending";
  /** For example `not_a_friend`, `provider_quota`. */
  readonly reason?: string;
  /** When it was delivered, epoch ms, if the provider says so. */
  readonly at?: number;
}

/** What a channel package implements. One instance serves one tenant's account. */
export interface Channel {
  /** Stable name, part of keys: `wecom`, `sms` … */
  readonly name: string;
  /** Which identity of a customer is the address. */
  readonly addressType: IdentityType;
  /** Most recipients of one `send`, `>= 1`; larger audiences are split. */
  readonly maxBatchSize: number;
  /** How a lost answer of this content could be cleared up. */
  capability(content: MessageContent): Capability;
  /**
   * Does everything slow that has no effect on recipients: token, media uploads. May be called again.
   *
   * @throws {ChannelError} nothing was sent
   */
  prepare?(tenantId: number, content: MessageContent, options: { readonly signal: AbortSignal }): Promise<void>;
  /**
   * Hands one batch to the provider; one outcome per address, in the order given.
   *
   * "accepted" means that the provider took the message, not that anyone has read it.
   *
   * @throws {ChannelError} only with proof that nothing was sent; a time-out after the write is the outcome "unknown"
   */
  send(batch: OutgoingBatch, options: SendOptions): Promise<readonly SendOutcome[]>;
  /**
   * Messages that carry the marker, oldest first. Needed for the capability `lookup`.
   *
   * @param query `from` … `to`: when the message may have been made, epoch ms
   * @throws {ChannelError} the look-up failed and says nothing
   */
  lookUp?(
    query: { readonly marker: string; readonly content: MessageContent; readonly from: number; readonly to: number },
    options: { readonly signal: AbortSignal },
  ): Promise<readonly FoundMessage[]>;
  /** Reports known so far, in pages of bounded size. Absent: the channel never tells. */
  results?(
    providerMessageId: string,
    options: { readonly signal: AbortSignal },
  ): AsyncIterable<readonly DeliveryReport[]>;
  /** Stops what the provider has not handed out yet. */
  cancel?(providerMessageId: string, options: { readonly signal: AbortSignal }): Promise<void>;
  /**
   * Shows the content to staff members as a direct message, so that they can judge it. Absent: the channel can't.
   *
   * @returns those who were not reached
   * @throws {ChannelError} nobody was reached, or nobody knows
   */
  showToStaff?(
    message: { readonly tenantId: number; readonly content: MessageContent; readonly staff: readonly string[] },
    options: SendOptions,
  ): Promise<readonly string[]>;
  /** Nudges the people who have to confirm. */
  remind?(providerMessageId: string, options: { readonly signal: AbortSignal }): Promise<void>;
}
