import type { JobCause } from "@recallkit/core/ports";
import type { Firings } from "./firings.js";

/** What becomes of firings that were missed because no process was there. */
export type Misfire =
  /** They are written down as skipped. */
  | "skip"
  /** One run stands for all of them. */
  | "once"
  /** Each is made up for, the newest `catchUp` of them. */
  | "all";

/** How late is missed, and what becomes of it. */
export interface MisfirePolicy {
  readonly misfire: Misfire;
  /** So much later it still counts as on time, ms. */
  readonly graceMs: number;
  /** Most firings that `all` makes up for. */
  readonly catchUp: number;
}

/** A firing that runs, or a mark that some did not. */
export interface PlannedFiring {
  readonly dueAt: number;
  readonly cause: JobCause;
  /** Missed firings that this mark stands for; null: it runs. */
  readonly missed: number | null;
}

/** More missed ones are not counted one by one. */
export const MOST_COUNTED = 200;

/**
 * What is to be done at an instant about a job whose next firing was to be at `expectedAt`. Nothing is passed over in silence:
 * what does not run has a mark.
 */
export function planFiring(
  firings: Firings,
  { misfire, graceMs, catchUp }: MisfirePolicy,
  expectedAt: number,
  now: number,
): readonly PlannedFiring[] {
  const newest = newestFirst(firings, expectedAt, now, catchUp + 1);
  const [latest = expectedAt] = newest;
  const isOnTime = now - latest <= graceMs;
  const missed = isOnTime ? newest.slice(1) : newest;
  const madeUp =
    misfire === "all" ? missed.slice(0, catchUp) : misfire === "once" && !isOnTime ? missed.slice(0, 1) : [];
  const left = countFrom(firings, expectedAt, now) - madeUp.length - (isOnTime ? 1 : 0);
  return [
    ...(left > 0 ? [{ dueAt: expectedAt, cause: "misfire" as const, missed: left }] : []),
    ...madeUp.toReversed().map((dueAt) => ({ dueAt, cause: "misfire" as const, missed: null })),
    ...(isOnTime ? [{ dueAt: latest, cause: "schedule" as const, missed: null }] : []),
  ];
}

/** Firings from the newest back to `from`, at most `count`. */
function newestFirst(firings: Firings, from: number, now: number, count: number): readonly number[] {
  const found: number[] = [];
  for (let at = firings.last(now); at !== null && at > from && found.length < count; at = firings.last(at - 1)) {
    found.push(at);
  }
  // What was to come next is one, whatever the schedule says by now.
  return found.length < count ? [...found, from] : found;
}

function countFrom(firings: Firings, from: number, now: number): number {
  let count = 1;
  for (let at = firings.next(from); at !== null && at <= now && count < MOST_COUNTED; at = firings.next(at)) count += 1;
  return count;
}
