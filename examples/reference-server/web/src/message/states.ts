/** States of single messages, in the order of their lives. */
export const MESSAGE_STATES = [
  ...(["queued", "dispatching", "accepted", "delivered", "not_delivered", "failed"] as const),
  ...(["suppressed", "unknown", "needs_review", "expired", "cancelled"] as const),
] as const;
