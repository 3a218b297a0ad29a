import type { AudienceQuery } from "../audience/audience-query.js";
import type { ConsentWord } from "../contact/consent.js";
import type { CapPolicy } from "../contact/frequency-cap.js";
import type { QuotaPolicy } from "../contact/receive-quota.js";
import type { SuppressedReason } from "../contact/suppression.js";
import type { BatchMember } from "../conversion/push-result.js";
import type { IdentityType } from "../customer/customer.js";
import type { Batch } from "../delivery/batch.js";
import type { Attempt, Delivery, ReasonCount } from "../delivery/delivery.js";
import type { Occurrence } from "../delivery/occurrence.js";
import type { DeliveryState } from "../delivery/states.js";
import type { Page, PageRequest } from "../page.js";
import type { RuleDefinition } from "../rule/rule.js";

/** One page of the people of an occurrence. */
export interface SnapshotPage {
  /** Whose audience it is. */
  readonly tenantId: number;
  /** Firing that takes it. */
  readonly occurrenceId: number;
  /** Rule of that firing. */
  readonly ruleId: number;
  /** Name of the channel that will carry it. */
  readonly channel: string;
  /** Identity that the channel sends to. */
  readonly addressType: IdentityType;
  /** Who is meant. */
  readonly query: AudienceQuery;
  /** Customer id after which the page begins; 0: at the first. */
  readonly afterId: number;
  /** Most members of the page. */
  readonly limit: number;
  /** When the rows are written, epoch ms. */
  readonly at: number;
}

/** The next members of an audience, as a snapshot would take them. */
export interface OutlookPage
  extends Pick<SnapshotPage, "tenantId" | "channel" | "addressType" | "query" | "afterId" | "limit"> {
  /** Charges of the cap ledger from this instant on. */
  readonly chargesSince: number;
}

/** What would decide whether a member is contacted. */
export interface MemberOutlook {
  /** The person's id. */
  readonly customerId: number;
  /** The person's key of import. */
  readonly externalKey: string;
  /** Null: none on the channel. */
  readonly address: string | null;
  /** Zone that the person lives in; null when unknown. */
  readonly timeZone: string | null;
  /** Reasons of the suppressions of the person or the address, on the channel, on all or on `ALL_MARKETING`. */
  readonly suppressions: readonly string[];
  /** What the person said about marketing messages on the channel, and on all. */
  readonly consents: readonly ConsentWord[];
  /** When the cap ledger was charged for the person, epoch ms. */
  readonly charges: readonly number[];
  /** Of charges of the channel: when the message was delivered, epoch ms; null while it may still be. Those that ended otherwise are left out. */
  readonly received: readonly (number | null)[];
}

/** People whom a gate of the contact policy keeps away; a store knows every kind. */
export type GateSelector =
  /** Those who have not agreed to messages of this purpose on the delivery's channel, by `isConsented` over it and all channels. */
  | { readonly withoutConsentTo: string }
  /**
   * Those who have as many messages of the delivery's channel as they can receive: charged since `oldest`, this one left out, and
   * delivered since `since` or not known to have ended otherwise.
   */
  | { readonly overQuota: QuotaPolicy }
  /** Those who would be over a cap with one message more, this one left out. */
  | { readonly cappedBy: CapPolicy }
  /** Those whom a suppression of the delivery's channel, of all channels or of `ALL_MARKETING` keeps away, by address or customer, with this reason. */
  | { readonly suppressedAs: SuppressedReason };

/** Which deliveries of one batch or occurrence a transition means. */
export type DeliverySelector =
  | { readonly batchId: number }
  | { readonly batchId: number; readonly addresses: readonly string[] }
  | { readonly batchId: number; readonly exceptAddresses: readonly string[] }
  /** Those whose own zone it is; null: those without one. */
  | { readonly batchId: number; readonly inZone: string | null }
  | { readonly batchId: number; readonly heldBackBy: GateSelector }
  | { readonly occurrenceId: number }
  /** At most so many. */
  | { readonly occurrenceId: number; readonly limit: number };

/** What a change of state writes into a delivery. */
export interface DeliveryPatch {
  /** Why the row is in its new state; null takes the reason away. @default as it is */
  readonly reason?: string | null;
  /** Epoch ms. @default as it is */
  readonly acceptedAt?: number;
  /** Epoch ms. @default as it is */
  readonly deliveredAt?: number;
  /** The provider's name for the message; null takes it away. @default as it is */
  readonly providerMessageId?: string | null;
  /** Batch that the person is in; null: in none. @default as it is */
  readonly batchId?: number | null;
}

/** A person of a batch with what a message of their own is made of. */
export interface BatchPerson {
  /** Who it is. */
  readonly customerId: number;
  /** On the batch's channel. */
  readonly address: string;
  /** Name of the customer as it is now; null when unknown. */
  readonly name: string | null;
  /** Values of personal variables as they were kept with the first attempt; null before it. */
  readonly values: Readonly<Record<string, string>> | null;
  /** The provider's name for this person's message; null before it is accepted. */
  readonly providerMessageId: string | null;
}

/** A message of the provider's for one address. */
export interface AcceptedMessage {
  /** Whom the message is for. */
  readonly address: string;
  /** The provider's name for it. */
  readonly providerMessageId: string;
}

/** People who are to be handed to a later channel of their rule. */
export interface HandOn {
  /** Those of one batch; or of an occurrence the suppressed ones of one channel behind one customer id and up to another. */
  readonly from:
    | { readonly batchId: number }
    | {
        readonly occurrenceId: number;
        readonly channel: string;
        readonly afterId: number;
        readonly throughId: number;
      };
  /** Name of the channel that takes them. */
  readonly to: string;
  /** Identity that it sends to. */
  readonly addressType: IdentityType;
  /** When the rows are written, epoch ms. */
  readonly at: number;
}

/** How many people of an occurrence were handed on, by what had become of them. */
export interface HandedOn {
  /** Name of the channel that they came from. */
  readonly channel: string;
  /** Name of the channel that took them. */
  readonly to: string;
  /** What had become of them. */
  readonly state: DeliveryState;
  /** Why. */
  readonly reason: string | null;
  /** How many. */
  readonly people: number;
}

export interface DeliveryFilter extends PageRequest {
  /** Only deliveries of this firing. @default of all */
  readonly occurrenceId?: number;
  /** Only deliveries of this batch. @default of all */
  readonly batchId?: number;
  /** Only deliveries of this rule. @default of all */
  readonly ruleId?: number;
  /** Only deliveries of this person. @default of everybody */
  readonly customerId?: number;
  /** Only those in one of these states. @default in any */
  readonly states?: readonly DeliveryState[];
  /** Only those whose row gives this reason. @default any, or none */
  readonly reason?: string;
  /** Updated at or after, epoch ms. */
  readonly since?: number;
}

/** What is kept about one delivery beside its row. */
export interface DeliveryHistory {
  /** Of the delivery. */
  readonly deliveryId: number;
  /** Firing that it belongs to. */
  readonly occurrence: Occurrence;
  /** The rule as the firing was planned from it. */
  readonly definition: RuleDefinition;
  /** Batch that the person is in; null: in none. */
  readonly batch: Batch | null;
  /** Calls of the provider for that batch, by number. */
  readonly attempts: readonly Attempt[];
  /** Values that the person's own message was made of; null: it had none of its own. */
  readonly values: Readonly<Record<string, string>> | null;
}

export type DeliveryCounts = Readonly<Partial<Record<DeliveryState, number>>>;

/** Deliveries and the cap ledger. All writes are sets; no call takes a whole audience. */
export interface DeliveryStore {
  /**
   * Takes the next members of an audience by ascending customer id: one row each, `queued`, or `suppressed` with
   * `no_address` / `duplicate_contact` (an earlier row of the occurrence has the address). A repeat adds nothing.
   *
   * @returns members looked at, rows this call added as suppressed, and the last customer id (`afterId` when there was none)
   */
  snapshot(
    page: SnapshotPage,
  ): Promise<{ readonly members: number; readonly suppressed: number; readonly lastId: number }>;
  /** Moves the next `queued` rows, by customer id, into a batch as `in_batch`, at most `limit`. @returns rows moved */
  fillBatch(
    key: { readonly tenantId: number; readonly occurrenceId: number; readonly channel: string },
    batchId: number,
    limit: number,
    at: number,
  ): Promise<number>;
  /** Addresses of the batch's `in_batch` rows by customer id. */
  addresses(tenantId: number, batchId: number): Promise<readonly string[]>;
  /** People of a batch whose rows are in a state, by customer id, with what a personal message needs; at most 10 000. */
  people(tenantId: number, batchId: number, state: DeliveryState): Promise<readonly BatchPerson[]>;
  /** Zones of the customers whose rows of a batch are in a state, each once, in any order; null stands for those without one. */
  zones(tenantId: number, batchId: number, state: DeliveryState): Promise<readonly (string | null)[]>;
  /** Keeps the values that messages of a batch are made of; rows that have some already stay as they are. At most 1 000. */
  keepValues(
    tenantId: number,
    batchId: number,
    people: readonly { readonly customerId: number; readonly values: Readonly<Record<string, string>> }[],
  ): Promise<void>;
  /** Moves rows of a batch that are in `from` to `accepted`, each with its message. At most 1 000. @returns rows changed */
  acceptEach(
    tenantId: number,
    batchId: number,
    from: DeliveryState,
    messages: readonly AcceptedMessage[],
    at: { readonly acceptedAt: number; readonly updatedAt: number },
  ): Promise<number>;
  /** Moves the selected rows that are in `from` to `to`. @returns rows changed */
  transition(
    tenantId: number,
    selector: DeliverySelector,
    from: DeliveryState,
    to: DeliveryState,
    patch: DeliveryPatch,
    at: number,
  ): Promise<number>;
  /**
   * Holds the people of the batch's `in_batch` rows until the transaction ends, as `exclusive` does rows: of two batches
   * that have a person in common the second looks at the caps only after the first was charged.
   */
  lockPeople(tenantId: number, batchId: number): Promise<void>;
  /**
   * Enters the `in_batch` rows of a batch into the cap ledger, at the instant of the intent. A repeat moves the instant.
   *
   * @param counts `"quota"`: against what the provider delivers to a person, and against no cap, as tests are. @default both
   */
  chargeCaps(tenantId: number, batchId: number, at: number, counts?: "quota"): Promise<void>;
  /** Takes rows of the batch out of the cap ledger that are known not to have been sent: `queued`, `in_batch`, `failed`, `suppressed`, `expired`, `cancelled`. */
  refundCaps(tenantId: number, batchId: number): Promise<void>;
  /** Everybody who is or was handed over in the batch, by customer id; at most 10 000. */
  members(tenantId: number, batchId: number): Promise<readonly BatchMember[]>;
  /**
   * Enters people who certainly have no message (`isToHandOn`) for a later channel, `queued` with their address there, and names it
   * in the row that they leave, which is taken out of the cap ledger. Whoever was handed on before, has no address on the channel
   * or one that the occurrence has there already stays.
   *
   * @returns people handed on
   */
  handOn(tenantId: number, people: HandOn): Promise<number>;
  /** Who of an occurrence was handed on, in groups; order is free. */
  handedOn(tenantId: number, occurrenceId: number): Promise<readonly HandedOn[]>;
  /** Of a batch its rows, of an occurrence its people: rows that were handed on are left out. */
  countByState(
    tenantId: number,
    key: { readonly occurrenceId: number } | { readonly batchId: number },
  ): Promise<DeliveryCounts>;
  /** The same people by state and reason, each pair once; order is free. */
  countByReason(
    tenantId: number,
    key: { readonly occurrenceId: number } | { readonly batchId: number },
  ): Promise<readonly ReasonCount[]>;
  /** The next members by ascending customer id, at most 1 000, with what would decide about them; writes nothing. */
  outlook(page: OutlookPage): Promise<readonly MemberOutlook[]>;
  /** Whether the occurrence has a delivery in one of the states; found by an index, at a cost that does not grow with it. @param channel over this one alone; default: any */
  hasAny(tenantId: number, occurrenceId: number, states: readonly DeliveryState[], channel?: string): Promise<boolean>;
  /** What is kept about deliveries beside their rows, at most 200; those that are not there are left out; order is free. */
  histories(tenantId: number, deliveryIds: readonly number[]): Promise<readonly DeliveryHistory[]>;
  /** By ascending id. */
  list(tenantId: number, filter: DeliveryFilter): Promise<Page<Delivery>>;
}
