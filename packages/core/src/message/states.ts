import { RecallKitError } from "../errors.js";

/** Where a message of a template stands. */
export const MESSAGE_STATES = [
  "queued",
  "dispatching",
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
export type MessageState = (typeof MESSAGE_STATES)[number];

/** Every legal transition of a message; `docs/architecture/messages.md` says when each is taken. */
export const MESSAGE_TRANSITIONS: Readonly<Record<MessageState, readonly MessageState[]>> = {
  queued: ["dispatching", "suppressed", "expired", "cancelled"],
  dispatching: ["accepted", "queued", "failed", "unknown", "suppressed", "expired"],
  accepted: ["delivered", "not_delivered"],
  delivered: [],
  not_delivered: [],
  failed: [],
  suppressed: [],
  unknown: ["accepted", "queued", "dispatching", "needs_review"],
  needs_review: ["accepted", "failed", "queued"],
  expired: [],
  cancelled: [],
};

/** States that nothing but a report of the provider changes. */
export const FINAL_MESSAGE_STATES: readonly MessageState[] = [
  "accepted",
  "delivered",
  "not_delivered",
  "failed",
  "suppressed",
  "expired",
  "cancelled",
];

/** @throws {RecallKitError} `state.illegal-transition`: a bug */
export function assertLegalMessage(from: MessageState, to: MessageState): void {
  if (from === to || MESSAGE_TRANSITIONS[from].includes(to)) return;
  throw new RecallKitError("state.illegal-transition", `message: ${from} → ${to} is not a legal transition`);
}
