/** Kinds of occurrences: a weekly slot, an order to run now, a list of people, people with a day of their own such as a birthday, a test beforehand. */
export const OCCURRENCE_KINDS = ["slot", "manual", "list", "revisit", "test"] as const;
export type OccurrenceKind = (typeof OCCURRENCE_KINDS)[number];

/** Kinds of named people, each with values of the rule's variables. */
export const LISTED_KINDS = ["list", "revisit"] as const satisfies readonly OccurrenceKind[];
export type ListedKind = (typeof LISTED_KINDS)[number];

/** Whether people of such an occurrence have values of their own. */
export function isListedKind(kind: OccurrenceKind): kind is ListedKind {
  return LISTED_KINDS.some((listed) => listed === kind);
}

export const OCCURRENCE_STATES = [
  "planned",
  "snapshotting",
  "running",
  "paused",
  "completed",
  "completed_with_errors",
  "skipped",
  "cancelled",
] as const;
export type OccurrenceState = (typeof OCCURRENCE_STATES)[number];

export const BATCH_STATES = [
  "pending",
  "leased",
  "dispatching",
  "accepted",
  "rejected",
  "unknown",
  "reconciling",
  "needs_review",
  "dead",
  "expired",
  "cancelled",
] as const;
export type BatchState = (typeof BATCH_STATES)[number];

export const DELIVERY_STATES = [
  "queued",
  "in_batch",
  "accepted",
  "delivered",
  "not_delivered",
  "failed",
  "suppressed",
  "unknown",
  "needs_review",
  "expired",
  "cancelled",
] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

/** States of every entity with a life cycle. */
export interface EntityStates {
  occurrence: OccurrenceState;
  batch: BatchState;
  delivery: DeliveryState;
}
export type EntityKind = keyof EntityStates;

type Transitions<S extends string> = Readonly<Record<S, readonly S[]>>;

const occurrence: Transitions<OccurrenceState> = {
  planned: ["snapshotting", "skipped", "cancelled"],
  snapshotting: ["running", "cancelled"],
  running: ["completed", "completed_with_errors", "paused", "cancelled"],
  paused: ["running", "completed", "completed_with_errors", "cancelled"],
  completed: [],
  completed_with_errors: [],
  skipped: [],
  cancelled: [],
};

const batch: Transitions<BatchState> = {
  pending: ["leased", "dead", "expired", "cancelled"],
  leased: ["dispatching", "pending", "expired", "cancelled"],
  dispatching: ["accepted", "pending", "rejected", "unknown"],
  accepted: [],
  rejected: [],
  unknown: ["reconciling", "needs_review", "accepted"],
  reconciling: ["accepted", "pending", "unknown", "needs_review"],
  needs_review: ["accepted", "rejected", "pending"],
  dead: ["pending", "expired", "cancelled"],
  expired: [],
  cancelled: [],
};

const delivery: Transitions<DeliveryState> = {
  queued: ["in_batch", "suppressed", "cancelled", "expired"],
  in_batch: ["accepted", "failed", "unknown", "suppressed", "queued", "expired", "cancelled"],
  accepted: ["delivered", "not_delivered"],
  delivered: [],
  not_delivered: ["delivered"],
  failed: [],
  suppressed: [],
  unknown: ["accepted", "failed", "needs_review", "in_batch", "queued"],
  needs_review: ["accepted", "failed", "in_batch"],
  expired: [],
  cancelled: [],
};

/** Every legal transition; anything else is a bug and throws. */
export const TRANSITIONS: { readonly [K in EntityKind]: Transitions<EntityStates[K]> } = {
  occurrence,
  batch,
  delivery,
};

/** Delivery states that an occurrence does not wait for any more. */
export const FINAL_DELIVERY_STATES: readonly DeliveryState[] = [
  "suppressed",
  "accepted",
  "delivered",
  "not_delivered",
  "failed",
  "expired",
  "cancelled",
];

/** Delivery states that an occurrence waits for. */
export const OPEN_DELIVERY_STATES: readonly DeliveryState[] = DELIVERY_STATES.filter(
  (state) => !FINAL_DELIVERY_STATES.includes(state),
);

/** Delivery states in which the provider certainly has no message. */
export const NOT_SENT_DELIVERY_STATES: readonly DeliveryState[] = [
  "queued",
  "in_batch",
  "failed",
  "suppressed",
  "expired",
  "cancelled",
];

/** Delivery states of people who left their batch before a call named them, or whose call certainly came to nothing. */
export const LEFT_OUT_DELIVERY_STATES: readonly DeliveryState[] = ["queued", "suppressed", "expired", "cancelled"];

/** Batch states in which a worker holds the batch by its lease. */
export const HELD_BATCH_STATES: readonly BatchState[] = ["leased", "dispatching", "reconciling"];

/** Batch states in which something is still to be sent or looked up by itself: neither final nor left to a person. */
export const SENDING_BATCH_STATES: readonly BatchState[] = [
  "pending",
  "leased",
  "dispatching",
  "unknown",
  "reconciling",
];

/** Occurrence states in which batches may be sent, now or once it goes on. */
export const RUNNING_OCCURRENCE_STATES: readonly OccurrenceState[] = ["running", "paused"];

/** Occurrence states from which nothing follows. */
export const FINAL_OCCURRENCE_STATES: readonly OccurrenceState[] = [
  "completed",
  "completed_with_errors",
  "skipped",
  "cancelled",
];
