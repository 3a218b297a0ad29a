import type { DeliveryState } from "./states.js";

/** One customer in one occurrence on one channel. */
export interface Delivery {
  readonly id: number;
  readonly tenantId: number;
  readonly occurrenceId: number;
  readonly ruleId: number;
  readonly customerId: number;
  /** The customer's import key. */
  readonly customerKey: string;
  readonly channel: string;
  /** Address at the time of the snapshot; null when the person had none. */
  readonly address: string | null;
  readonly batchId: number | null;
  readonly state: DeliveryState;
  /** Of a `suppressed` one a `ContactReason`; of others a word of the engine or of the provider. */
  readonly reason: string | null;
  readonly acceptedAt: number | null;
  readonly deliveredAt: number | null;
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

/** One provider call for a batch; rows are never removed. */
export interface Attempt {
  readonly id: number;
  readonly tenantId: number;
  readonly batchId: number;
  readonly number: number;
  readonly leaseEpoch: number;
  readonly startedAt: number;
  readonly endedAt: number | null;
  /** EffectClass of the outcome; null while the call is open. */
  readonly class: string | null;
  /** Redacted answer: codes and counts, never content or addresses. */
  readonly answer: string | null;
}

/** A line of the audit: who changed state, from what, to what. Sets of deliveries share one line. */
export interface TransitionRecord {
  readonly tenantId: number;
  readonly entity: "occurrence" | "batch" | "delivery";
  /** Row id; for deliveries the id of their batch, or of their occurrence when they have none. */
  readonly entityId: number;
  readonly from: string;
  readonly to: string;
  readonly reason: string | null;
  /** Rows changed. */
  readonly count: number;
  readonly leaseEpoch: number | null;
  readonly at: number;
}

/** Something an operator should know; also logged with the same code. */
export interface Alarm {
  readonly id: number;
  readonly tenantId: number;
  /** For example `occurrence.missed`, `batch.duplicate_detected`. */
  readonly code: string;
  readonly entity: "occurrence" | "batch" | "channel" | "rule";
  readonly entityId: number;
  /** Facts without personal data. */
  readonly detail: string;
  readonly at: number;
}
