import type { Occurrence } from "../delivery/occurrence.js";
import type { EngineContext } from "../engine/engine-context.js";
import { localDateOf, startOfDay } from "../local-time.js";
import type { CapPolicy } from "../ports/delivery-store.js";
import type { RuleDefinition } from "../rule/rule.js";

/** Most marketing messages per person, over all rules and channels. */
export interface FrequencyCaps {
  /** Per calendar day of the rule's zone. @default 1 */
  readonly maxPerDay: number;
  /** In any 7 days. @default 3 */
  readonly maxPerWeek: number;
  /** @default 48 */
  readonly minGapHours: number;
}

export const DEFAULT_FREQUENCY_CAPS: FrequencyCaps = { maxPerDay: 1, maxPerWeek: 3, minGapHours: 48 };

const HOUR = 3_600_000;

/** Frequency caps as they stand at `now` for a message of this rule; null when none apply. */
export function capPolicy(
  context: EngineContext,
  definition: RuleDefinition,
  { timeZone, kind }: Pick<Occurrence, "timeZone" | "kind">,
  now: number,
): CapPolicy | null {
  if (!context.caps || definition.messageClass !== "marketing" || kind === "test") return null;
  return {
    now,
    dayStart: startOfDay(localDateOf(now, timeZone), timeZone),
    maxPerDay: context.caps.maxPerDay,
    weekStart: now - 7 * 24 * HOUR,
    maxPerWeek: context.caps.maxPerWeek,
    minGapMs: context.caps.minGapHours * HOUR,
  };
}

/** True when one more message after these, epoch ms each, would break the policy. */
export function isOverCaps(charges: readonly number[], policy: CapPolicy): boolean {
  const since = (start: number) => charges.filter((at) => at >= start).length;
  return (
    since(policy.dayStart) >= policy.maxPerDay ||
    since(policy.weekStart) >= policy.maxPerWeek ||
    charges.some((at) => at > policy.now - policy.minGapMs)
  );
}
