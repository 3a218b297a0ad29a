import { localDateOf, startOfDay } from "../local-time.js";
import type { CapPolicy } from "../ports/delivery-store.js";
import type { RuleDefinition } from "../rule/rule.js";
import type { EngineContext } from "../engine/engine-context.js";
import type { Occurrence } from "../delivery/occurrence.js";

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

/** Delay before the next try: random between 0 and min(cap, base · 2^n), "full jitter", milliseconds. */
export function backoffMs(random: number, tries: number, baseMs = 1000, capMs = 60_000): number {
  return Math.floor(random * Math.min(capMs, baseMs * 2 ** Math.min(tries, 30)));
}
