import type { Rule } from "../rule/rule.js";
import type { Occurrence } from "./occurrence.js";

/** Whether batches of an occurrence may go out: `expired` is for good, `held` may pass. */
export type SendGate = "open" | "held" | "expired";

/**
 * Whether a batch of the occurrence may be sent at this instant, by occurrence and rule alone. Claims of every engine and
 * the last check before a call go by the same conditions.
 */
export function sendGate(
  occurrence: Pick<Occurrence, "state" | "expiresAt" | "kind"> | undefined,
  rule: Pick<Rule, "deletedAt" | "status"> | undefined,
  now: number,
): SendGate {
  if (!occurrence || !rule || occurrence.state !== "running") return "held";
  if (now >= occurrence.expiresAt) return "expired";
  if (rule.deletedAt !== null) return "held";
  // A test shows the content of a rule that may not be active yet.
  return rule.status === "active" || occurrence.kind === "test" ? "open" : "held";
}
