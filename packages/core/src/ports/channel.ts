import type { ReceiveQuota } from "../contact/receive-quota.js";
import type { MessageCost } from "../contact/spend-limit.js";
import type { IdentityType } from "../customer/customer.js";
import type { Confirmation } from "../delivery/delivery.js";
import type { InputIssue } from "../errors.js";
import type { MessageContent } from "../rule/content.js";

/** Version of this port. Channels name the one that they were written for; another one is refused when a kit is made. */
export const CHANNEL_SPEC_VERSION = 1;

/** What the provider offers for finding a call again: a key of ours, a look-up, or nothing. */
export type Capability = "keyed" | "lookup" | "none";

/** One person of a call. On channels that are not `personal` everybody has the content, values and marker of the batch. */
export interface Recipient {
  /** Of the channel's `addressType`. */
  readonly address: string;
  /** What this person reads; no variables are left. */
  readonly content: MessageContent;
  /** Values of the variables, for providers that fill in templates of their own. */
  readonly values: Readonly<Record<string, string>>;
  /**
   * 12 base32 characters that stand for this person in this occurrence: the same for all attempts, also in a later batch.
   * A `keyed` provider gets it as its key, a look-up goes by it.
   */
  readonly marker: string;
}

/** One call's worth of recipients. */
export interface OutgoingBatch {
  /** Whose message it is. */
  readonly tenantId: number;
  /** 12 base32 characters, the same for all attempts; the channel places it where `lookUp` can find it. */
  readonly marker: string;
  /** What everybody gets; on a personal channel variables of a person are left in it, and `recipients` have their own. */
  readonly content: MessageContent;
  /** 1 … `maxBatchSize`, each address once. */
  readonly recipients: readonly Recipient[];
  /**
   * When the first call of this batch that may have been performed began, epoch ms, by the ledger: a restart forgets nothing. A
   * `keyed` channel whose provider keeps keys for a while goes by it: once they are forgotten a repeat is no repeat any more, and
   * its outcome stays `unknown`.
   *
   * @default no such call was made
   */
  readonly mayBeSentSince?: number | undefined;
}

/** What became of one recipient. */
export type SendOutcome =
  | { readonly kind: "accepted"; readonly providerMessageId: string }
  | { readonly kind: "refused"; readonly reason: string; readonly providerCode?: string }
  | { readonly kind: "deferred"; readonly notBefore: number }
  | { readonly kind: "unknown"; readonly reason: string };

/** A fact about a call that is no outcome of a recipient, for example a stranger in the failure list. */
export interface SendWarning {
  /** What it is, in a word of the channel. */
  readonly code: string;
  /** Facts without personal data. */
  readonly detail: string;
  /** Whom it is about; kept with the alarm, for those who may read addresses. */
  readonly addresses?: readonly string[];
}

/** Until when a call may be written, and who listens. */
export interface SendOptions {
  /** Monotonic ms, compared right before the first byte; later is proof that nothing was sent. */
  readonly writeBy: number;
  /** Aborted when nobody waits for the call any more. */
  readonly signal: AbortSignal;
  /** Told of facts that are no outcome of a recipient. @default nobody is told */
  readonly onWarning?: (warning: SendWarning) => void;
}

/** Which messages are looked for. */
export interface LookUpQuery {
  /** That the message was sent with. */
  readonly marker: string;
  /** That it was sent with. */
  readonly content: MessageContent;
  /** On a personal channel those whose outcome is not known, at most a batch; else nobody: the batch is one message. */
  readonly recipients: readonly Recipient[];
  /** When the message may have been made, epoch ms, both ends in. */
  readonly from: number;
  /** Last instant at which it may have been made, epoch ms. */
  readonly to: number;
}

/** A message of ours that the provider knows. */
export interface FoundMessage {
  /** The provider's name for it. */
  readonly providerMessageId: string;
  /** Epoch ms by the provider's clock. */
  readonly createdAt: number;
  /** Whose it is; needed on a personal channel. */
  readonly address?: string;
}

/** The provider's own word about one recipient. `pending` means that it has not decided yet. */
export interface DeliveryReport {
  /** Whom it is about. */
  readonly address: string;
  /** What the provider says. */
  readonly kind: "delivered" | "not_delivered" | "pending";
  /** For example `not_a_friend`, `provider_quota`. */
  readonly reason?: string;
  /** When it was delivered, epoch ms, if the provider says so. */
  readonly at?: number;
  /**
   * The message that it is about. Where everybody has a message of their own a report counts only if this one was sent to
   * the address. @default whichever message the address was sent
   */
  readonly providerMessageId?: string;
}

/** How long a call may last: the signal is aborted when nobody waits for it any more. */
export interface CallOptions {
  /** Aborted when nobody waits for the call any more. */
  readonly signal: AbortSignal;
}

/**
 * What a channel package implements. One instance serves one tenant's account and is kept, so it may keep tokens.
 *
 * The engine takes nothing for granted: a call that does not end is given up, an answer of another form counts as no answer.
 */
export interface Channel {
  /** Stable name, part of keys: `wecom`, `sms` … */
  readonly name: string;
  /** {@link CHANNEL_SPEC_VERSION} as the channel was written. */
  readonly specVersion: typeof CHANNEL_SPEC_VERSION;
  /**
   * True: every recipient gets a message of their own, with an id of its own. A batch then holds hundreds of people and is
   * handed over in several calls at once. False: one message for all, one call per batch.
   */
  readonly personal: boolean;
  /** Which identity of a customer is the address. */
  readonly addressType: IdentityType;
  /** Most recipients of one `send`, `>= 1`; larger audiences are split. */
  readonly maxBatchSize: number;
  /** How a lost answer of this content could be cleared up. */
  capability(content: MessageContent): Capability;
  /**
   * What is wrong with content on this channel: limits of length, parts that it does not know or that miss something. Asked
   * when a rule is written and before a batch is sent. Paths are dotted and begin in the content (`miniProgram.title`).
   *
   * @default nothing is wrong
   */
  checkContent?(content: MessageContent): readonly InputIssue[];
  /**
   * What would keep content from going out as the account is set up now, though its form is right: an image from a host that
   * is not listed, an option that is missing. Told when a rule is written or previewed; it refuses nothing, since the setting
   * may follow. Asks no provider.
   *
   * @default nothing is known
   */
  obstacles?(tenantId: number, content: MessageContent, options: CallOptions): Promise<readonly InputIssue[]>;
  /**
   * Does everything slow that has no effect on recipients: token, media uploads. May be called again.
   *
   * @throws {ChannelError} nothing was sent
   */
  prepare?(tenantId: number, content: MessageContent, options: CallOptions): Promise<void>;
  /**
   * Divides the people of a batch where one call can't reach them all, for example by the member of staff who is to send. Each
   * group becomes a batch of its own. Whoever is in no group is `suppressed` with `no_sender`. Asked before every first call, after
   * `prepare`, on channels that are not `personal`; has no effect on recipients, and answers a group alone as that group.
   *
   * @default one call reaches everybody
   * @returns groups of the addresses given, each address once at most; undefined: this content needs no division
   * @throws {ChannelError} nobody knows at present; nothing was sent
   */
  divide?(
    tenantId: number,
    content: MessageContent,
    addresses: readonly string[],
    options: CallOptions,
  ): Promise<readonly (readonly string[])[] | undefined>;
  /**
   * Hands recipients to the provider; one outcome per recipient, in the order given.
   *
   * "accepted" means that the provider took the message, not that anyone has read it.
   *
   * @throws {ChannelError} only with proof that nothing was sent; a time-out after the write is the outcome "unknown"
   */
  send(batch: OutgoingBatch, options: SendOptions): Promise<readonly SendOutcome[]>;
  /**
   * Messages that carry the marker, oldest first. Needed for the capability `lookup`.
   *
   * @throws {ChannelError} the look-up failed and says nothing
   */
  lookUp?(query: LookUpQuery, options: CallOptions): Promise<readonly FoundMessage[]>;
  /** Reports known so far about these messages of one batch, in pages of bounded size. Absent: the channel never tells. */
  results?(providerMessageIds: readonly string[], options: CallOptions): AsyncIterable<readonly DeliveryReport[]>;
  /**
   * Reason of people of whom no report came within the task deadline: a word of the channel where one fits better, as
   * `staff_not_confirmed` does where staff hand messages out. Null: only failures are reported, and silence is none: these people
   * stay `accepted`.
   *
   * @default "no_report"
   */
  readonly lateReason?: string | null;
  /**
   * What the message of one person costs, whole numbers `>= 0`. Budgets and previews go by it; asked right before a call, so it
   * asks no provider.
   *
   * @default messages cost nothing
   */
  costOf?(content: MessageContent): MessageCost;
  /**
   * How many messages of the channel the provider delivers to one person; whoever would be over it is `suppressed` with
   * `provider_quota` instead of being sent something that never arrives. Messages that others send are not known.
   *
   * @default nothing is known
   */
  readonly receiveQuota?: ReceiveQuota | undefined;
  /** Stops what the provider has not handed out yet. */
  cancel?(providerMessageId: string, options: CallOptions): Promise<void>;
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
  /**
   * Members of staff who have to confirm a message before its customers get it, in pages of bounded size; none right after the call.
   * Absent: the channel hands messages out by itself.
   */
  confirmations?(providerMessageId: string, options: CallOptions): AsyncIterable<readonly Confirmation[]>;
  /** Nudges the people who have to confirm. */
  remind?(providerMessageId: string, options: CallOptions): Promise<void>;
}
