import type { Message, MessageBatch, MessageCounts, MessageEvent } from "../message/message.js";
import type { MessageState } from "../message/states.js";
import type { Page, PageRequest } from "../page.js";
import type { ChannelKey } from "./batch-store.js";
import type { ClaimTerms } from "./claim-terms.js";

/** A message to keep; it begins `queued`. */
export type NewMessage = Pick<
  Message,
  | "batchId"
  | "templateId"
  | "templateVersion"
  | "channel"
  | "customerId"
  | "addressHash"
  | "timeZone"
  | "variables"
  | "messageClass"
  | "priority"
  | "expiresAt"
  | "requestKey"
  | "createdAt"
> & { readonly address: string; readonly notBefore: number };

export type NewMessageBatch = Omit<MessageBatch, "id" | "tenantId" | "cancelledAt">;

/**
 * Work on messages that can be claimed:
 * `send` = `queued` and due: what is claimed is `dispatching` from then on, with one attempt more, begun at the claim;
 * `look-up` = `unknown` and due; `results` = `accepted` and due; `abandoned` = `dispatching` and no longer leased;
 * `expired` = `queued` and past `expiresAt`, due or not.
 */
export type MessageWork = "send" | "look-up" | "results" | "abandoned" | "expired";

/** Of which messages some are claimed. */
export interface MessageScope {
  /** Channels that get nothing. @default none */
  readonly except?: readonly ChannelKey[];
  /** The only channel. @default all */
  readonly only?: ChannelKey;
  /** The only tenant. @default all */
  readonly tenantId?: number;
  /** Only those that wait in this lane, 0 … 3; meaningful with `send`. @default all */
  readonly lane?: number;
}

/** What a claimed message becomes: every field that the engine changes, written as a whole. */
export interface MessageWrite
  extends Pick<
    Message,
    | "tenantId"
    | "id"
    | "leaseEpoch"
    | "state"
    | "reason"
    | "notBefore"
    | "attempts"
    | "resends"
    | "checks"
    | "attemptedAt"
    | "acceptedAt"
    | "reportedAt"
    | "providerMessageId"
    | "updatedAt"
    | "priority"
    | "leaseOwner"
    | "leaseUntil"
  > {
  /** State that it has to be in. */
  readonly from: MessageState;
}

/** Names a message and the lease that the caller holds. */
export type MessageKey = Pick<Message, "tenantId" | "id" | "leaseEpoch">;

export interface MessageFilter extends PageRequest {
  /** Only those of a batch. */
  readonly batchId?: number;
  /** Only those of a template. */
  readonly templateId?: number;
  /** Only those of a channel. */
  readonly channel?: string;
  /** Only those to the address with this hash. */
  readonly addressHash?: string;
  /** Only the one that the provider calls so. */
  readonly providerMessageId?: string;
  /** Only these states; absent: all. */
  readonly states?: readonly MessageState[];
  /** Accepted at or after, epoch ms. */
  readonly since?: number;
}

/** How many messages that were accepted in a period are in a state, by channel. */
export interface MessageFigure {
  /** Name of the channel. */
  readonly channel: string;
  /** State of these messages. */
  readonly state: MessageState;
  /** How many. */
  readonly count: number;
  /** Sum of the times from acceptance by us to acceptance by the provider, ms; of those that the provider took. */
  readonly totalMs: number;
}

/** Entry of the cap ledger for a message. */
export interface MessageCharge {
  /** The message that was counted. */
  readonly messageId: number;
  /** The person for whom it was counted. */
  readonly customerId: number;
  /** When, in ms since the epoch. */
  readonly at: number;
}

/** Messages of templates: the work rows themselves. A message is changed only by whoever holds its lease, or while it is `queued`. */
export interface MessageStore {
  /** Adds messages, at most 1 000; those whose `requestKey` the tenant has are passed over. @returns messages added */
  insertMany(tenantId: number, messages: readonly NewMessage[]): Promise<number>;
  /** Messages of requests, at most 1 000; order is free. */
  findByKeys(tenantId: number, requestKeys: readonly string[]): Promise<readonly Message[]>;
  /** One message by id. */
  get(tenantId: number, messageId: number): Promise<Message | undefined>;
  /** By descending id: the newest first. */
  list(tenantId: number, filter: MessageFilter): Promise<Page<Message>>;
  /** Leases work of all tenants to the caller, in the order of `notBefore` and id, at most `limit`, and raises its epoch. */
  claim(work: MessageWork, terms: ClaimTerms, scope?: MessageScope): Promise<readonly Message[]>;
  /**
   * Tenants with messages that are `queued`, due or not, by ascending id: those after `after`, at most `limit`. Costs as many
   * steps as there are such tenants, however many messages they have.
   */
  queuedTenants(after: number, limit: number): Promise<readonly number[]>;
  /**
   * Writes messages, at most 1 000, with their leases, which null gives back; those whose epoch or state is another one are left
   * as they are.
   *
   * @returns ids of those that were written
   */
  write(messages: readonly MessageWrite[]): Promise<readonly number[]>;
  /** Prolongs leases that still hold. @returns ids of those */
  renew(messages: readonly MessageKey[], until: number): Promise<readonly number[]>;
  /**
   * Gives a message other values while it is `queued` and still has those that were read. @returns false: it has not, nothing
   * was changed
   */
  revise(
    tenantId: number,
    message: Pick<Message, "id" | "variables">,
    variables: Message["variables"],
    at: number,
  ): Promise<boolean>;
  /** Cancels what is `queued`. @returns how many */
  cancel(
    tenantId: number,
    which: { readonly batchId: number } | { readonly messageId: number },
    at: number,
  ): Promise<number>;
  /** Messages of a batch by state. */
  countByState(tenantId: number, batchId: number): Promise<MessageCounts>;
  /** Adds a batch unless its `requestKey` is taken. @returns the batch of that key, and whether it was added */
  insertBatch(
    tenantId: number,
    batch: NewMessageBatch,
  ): Promise<{ readonly batch: MessageBatch; readonly isNew: boolean }>;
  /** One batch by id. */
  getBatch(tenantId: number, batchId: number): Promise<MessageBatch | undefined>;
  /** Keeps the first instant. @returns false when there is no such batch */
  markCancelled(tenantId: number, batchId: number, at: number): Promise<boolean>;
  /** Adds events, at most 1 000. */
  addEvents(events: readonly Omit<MessageEvent, "id">[]): Promise<void>;
  /** By ascending id, at most 200. */
  events(tenantId: number, messageId: number): Promise<readonly MessageEvent[]>;
  /** Of messages accepted in a period: `from` in, `to` out. */
  figures(tenantId: number, period: { readonly from: number; readonly to: number }): Promise<readonly MessageFigure[]>;
  /** How many messages are `queued` in each lane, and how many are being sent; lanes without one are left out. */
  waiting(
    tenantId: number,
  ): Promise<{ readonly byLane: Readonly<Record<number, number>>; readonly dispatching: number }>;
  /** Instants at which people, at most 1 000, were charged, `since` on; they are held until the transaction ends. */
  charges(
    tenantId: number,
    customerIds: readonly number[],
    since: number,
  ): Promise<readonly { readonly customerId: number; readonly at: number }[]>;
  /** Enters messages into the cap ledger that deliveries share; a repeat moves the instant. */
  charge(tenantId: number, charges: readonly MessageCharge[]): Promise<void>;
  /** Takes them out again. */
  refund(tenantId: number, messageIds: readonly number[]): Promise<void>;
  /** Lets reports of messages of the provider be asked for now. @returns messages that are due now */
  expedite(tenantId: number, providerMessageIds: readonly string[], at: number): Promise<number>;
  /** Takes addresses and values of messages away that are over, of a person or of an address. @returns messages that are still open */
  forget(
    tenantId: number,
    whose: { readonly customerId: number; readonly addressHashes: readonly string[] },
  ): Promise<number>;
}
