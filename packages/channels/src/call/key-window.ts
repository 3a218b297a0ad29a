import type { Clock } from "@recallkit/core";
import type { SendOutcome } from "@recallkit/core/ports";

/** Runs a call of one message unless its provider may have forgotten the message's key by now. */
export type KeyWindow = (
  key: string,
  call: () => Promise<readonly SendOutcome[]>,
  mayBeSentSince?: number,
) => Promise<readonly SendOutcome[]>;

/** Messages that are remembered; the oldest give way. */
const MOST = 10_000;

/**
 * Keeps a message whose outcome is unknown from being repeated once the provider drops no repeats any more: its outcome stays
 * unknown then, for somebody to decide. The engine says since when a message may be there; without it what this process remembers counts.
 *
 * @param windowMs how long the provider keeps keys
 */
export function keyWindow(clock: Pick<Clock, "now">, windowMs: number): KeyWindow {
  const unknownSince = new Map<string, number>();
  return async (key, call, mayBeSentSince) => {
    const at = clock.now();
    const since = mayBeSentSince ?? unknownSince.get(key) ?? at;
    if (at - since >= windowMs) return [{ kind: "unknown", reason: "the provider keeps the key no longer" }];
    // An error proves something about this call only, not about the one before.
    const outcomes = await call();
    unknownSince.delete(key);
    if (outcomes.some(({ kind }) => kind === "unknown")) unknownSince.set(key, since);
    for (const oldest of unknownSince.keys()) {
      if (unknownSince.size <= MOST) break;
      unknownSince.delete(oldest);
    }
    return outcomes;
  };
}
