import { localDateOf, startOfDay } from "../local-time.js";
import type { FrequencyCapsPart } from "../rule/frequency-caps.js";

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

/** Caps that keep nobody away. */
export const NO_CAPS: FrequencyCaps = {
  maxPerDay: Number.MAX_SAFE_INTEGER,
  maxPerWeek: Number.MAX_SAFE_INTEGER,
  minGapHours: 0,
};

/** Caps at an instant, in numbers that a store compares its ledger with. */
export interface CapPolicy {
  /** The instant of the question, in ms since the epoch. */
  readonly now: number;
  /** Start of the person's calendar day. */
  readonly dayStart: number;
  /** Most messages of one day, from 1. */
  readonly maxPerDay: number;
  /** Start of the week window. */
  readonly weekStart: number;
  /** Most messages of seven days, from 1. */
  readonly maxPerWeek: number;
  /** Nothing within this many ms before `now`. */
  readonly minGapMs: number;
}

const HOUR = 3_600_000;
const WEEK = 7 * 24 * HOUR;

/** Caps with some parts set anew; `"off"`: none at all. */
export function capsSet(caps: FrequencyCaps, input: FrequencyCapsPart | "off" | undefined): FrequencyCaps {
  if (input === "off") return NO_CAPS;
  const { maxPerDay = caps.maxPerDay, maxPerWeek = caps.maxPerWeek, minGapHours = caps.minGapHours } = input ?? {};
  return { maxPerDay, maxPerWeek, minGapHours };
}

/** Of each part the stricter one. */
export function stricterCaps(caps: FrequencyCaps, input: FrequencyCapsPart = {}): FrequencyCaps {
  const { maxPerDay = caps.maxPerDay, maxPerWeek = caps.maxPerWeek, minGapHours = caps.minGapHours } = input;
  return {
    maxPerDay: Math.min(caps.maxPerDay, maxPerDay),
    maxPerWeek: Math.min(caps.maxPerWeek, maxPerWeek),
    minGapHours: Math.max(caps.minGapHours, minGapHours),
  };
}

/** Whether caps can keep anybody away. */
export function areCaps({ maxPerDay, maxPerWeek, minGapHours }: FrequencyCaps): boolean {
  return maxPerDay < NO_CAPS.maxPerDay || maxPerWeek < NO_CAPS.maxPerWeek || minGapHours > 0;
}

/** Caps as they stand at an instant of a zone. */
export function capPolicy(caps: FrequencyCaps, timeZone: string, now: number): CapPolicy {
  return {
    now,
    dayStart: startOfDay(localDateOf(now, timeZone), timeZone),
    maxPerDay: caps.maxPerDay,
    weekStart: now - WEEK,
    maxPerWeek: caps.maxPerWeek,
    minGapMs: Math.round(caps.minGapHours * HOUR),
  };
}

/** The earliest charge that a policy looks at, epoch ms. */
export function earliestCharge({ now, dayStart, weekStart, minGapMs }: CapPolicy): number {
  return Math.min(dayStart, weekStart, now - minGapMs);
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
