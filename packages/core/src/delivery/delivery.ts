import type { BatchId, CustomerId, DeliveryId, OccurrenceId, RuleId, TenantId } from "../id.js";
import type { DeliveryState } from "./states.js";

/** One customer in one occurrence on one channel. */
export interface Delivery {
  /** Unique in the installation. */
  readonly id: DeliveryId;
  /** Whose it is. */
  readonly tenantId: TenantId;
  /** Firing that it belongs to. */
  readonly occurrenceId: OccurrenceId;
  /** Rule of that firing. */
  readonly ruleId: RuleId;
  /** Who is meant. */
  readonly customerId: CustomerId;
  /** The customer's import key. */
  readonly externalKey: string;
  /** Name of the channel that carries it. */
  readonly channel: string;
  /** Address at the time of the snapshot; null when the person had none. */
  readonly address: string | null;
  /** Batch that the person is in; null before they are in one. */
  readonly batchId: BatchId | null;
  /** The provider's name for the message; null before it is accepted, and where only the batch has one. */
  readonly providerMessageId: string | null;
  /** Where it stands; the state machine is in `docs/architecture/delivery.md`. */
  readonly state: DeliveryState;
  /** Of a `suppressed` one a `ContactReason`; of others a word of the engine or of the provider. */
  readonly reason: string | null;
  /** Name of the channel that took the person over, since this one certainly brought nothing; null: none. */
  readonly handedTo: string | null;
  /** When the provider took the message, epoch ms; null before. */
  readonly acceptedAt: number | null;
  /** When it reached the person, epoch ms, by the provider's report; null while none says so. */
  readonly deliveredAt: number | null;
  /** Last change of the row, epoch ms. */
  readonly updatedAt: number;
}

/** The instant that attribution goes by: when it was delivered, or accepted while no report is known; null in other states. */
export function touchOf({
  state,
  acceptedAt,
  deliveredAt,
}: Pick<Delivery, "state" | "acceptedAt" | "deliveredAt">): number | null {
  if (state === "delivered") return deliveredAt ?? acceptedAt;
  return state === "accepted" ? acceptedAt : null;
}

/** What a report counts of a delivery. */
export type DeliveryOutcome = Pick<Delivery, "state" | "acceptedAt" | "deliveredAt">;

/**
 * A delivery as it was known right before an instant, as far as its row tells: delivered and accepted at the provider's
 * instants, other states since the last change. What came after an acceptance leaves it `accepted`, all else `in_batch`.
 */
export function outcomeAsOf(delivery: DeliveryOutcome & Pick<Delivery, "updatedAt">, at: number): DeliveryOutcome {
  const { state, acceptedAt, deliveredAt, updatedAt } = delivery;
  const isBefore = (instant: number | null) => instant !== null && instant < at;
  const since = state === "delivered" ? (deliveredAt ?? acceptedAt) : state === "accepted" ? acceptedAt : updatedAt;
  if (isBefore(since)) return delivery;
  if (isBefore(acceptedAt)) return { state: "accepted", acceptedAt, deliveredAt: null };
  return { state: "in_batch", acceptedAt: null, deliveredAt: null };
}

/** One provider call for a batch; rows are never removed. */
export interface Attempt {
  /** Unique in the installation. */
  readonly id: number;
  /** Whose it is. */
  readonly tenantId: number;
  /** Batch that was sent, or asked about. */
  readonly batchId: number;
  /** `send`: the call that sends; `lookup`: the provider was asked what became of one. */
  readonly kind: "send" | "lookup";
  /** 1, 2, 3 … within the batch, of each kind. */
  readonly number: number;
  /** Epoch of the lease under which the call was made. */
  readonly leaseEpoch: number;
  /** Before the first byte, epoch ms. */
  readonly startedAt: number;
  /** When the outcome was written down, epoch ms; null while the call is open. */
  readonly endedAt: number | null;
  /** EffectClass of the outcome; null while the call is open. */
  readonly class: string | null;
  /** Redacted answer: codes and counts, never content or addresses. */
  readonly answer: string | null;
}

/** A line of the audit: who changed state, from what, to what. Sets of deliveries share one line. */
export interface TransitionRecord {
  /** Whose rows changed. */
  readonly tenantId: number;
  /** What kind of row. */
  readonly entity: "occurrence" | "batch" | "delivery";
  /** Row id; for deliveries the id of their batch, or of their occurrence when they have none. */
  readonly entityId: number;
  /** State before. */
  readonly from: string;
  /** State after. */
  readonly to: string;
  /** Why, in a word of the engine or of the provider; null where none is needed. */
  readonly reason: string | null;
  /** Rows changed. */
  readonly count: number;
  /** Epoch of the lease that the writer held; null without one. */
  readonly leaseEpoch: number | null;
  /** When, epoch ms. */
  readonly at: number;
}

/** Something an operator should know; also logged with the same code. */
export interface Alarm {
  /** Unique in the installation. */
  readonly id: number;
  /** Whom it concerns. */
  readonly tenantId: number;
  /** For example `missed`, `duplicate_detected`. */
  readonly code: string;
  /** What kind of thing it is about. */
  readonly entity: "occurrence" | "batch" | "channel" | "rule" | "message";
  /** Id of that thing. */
  readonly entityId: number;
  /** Facts without personal data. */
  readonly detail: string;
  /** People whom it is about, by their address on the channel; empty for most alarms. Never logged nor handed on. */
  readonly addresses: readonly string[];
  /** When it was raised, epoch ms. */
  readonly at: number;
  /** Who looks after it; null: nobody yet. */
  readonly acknowledgedBy: string | null;
  /** Since when, epoch ms; null: nobody yet. */
  readonly acknowledgedAt: number | null;
}

/** An alarm before it is written. */
export type NewAlarm = Omit<Alarm, "id" | "addresses" | "acknowledgedBy" | "acknowledgedAt"> &
  Partial<Pick<Alarm, "addresses">>;

/** How many people are in a state for one reason. */
export interface ReasonCount {
  /** What became of them. */
  readonly state: DeliveryState;
  /** Why; null: the rows give none. */
  readonly reason: string | null;
  /** How many, `>= 1`. */
  readonly people: number;
}

/** A member of staff who has a message to hand out. */
export interface Confirmation {
  /** The provider's name for the member. */
  readonly staff: string;
  /** They have handed it out. */
  readonly isConfirmed: boolean;
  /** When, epoch ms; null: not yet, or the provider does not tell. */
  readonly confirmedAt: number | null;
}
