import type { SendOutcome } from "@recallkit/core/ports";

/** The platform drops repeats for 24 hours; an hour is left for its clock and the way there. */
const KEPT_MS = 23 * 3_600_000;
/** Messages that are remembered; the oldest give way. */
const MOST = 10_000;

/** Runs the call of a message unless the platform may have forgotten its key by now. */
export type KeyWindow = (
  key: string,
  call: () => Promise<SendOutcome>,
  mayBeSentSince?: number,
) => Promise<SendOutcome>;

/** Keeps messages whose outcome is unknown from going out a second time a day later. The engine says since when a message may be there; without it what this process remembers counts. */
export function keyWindow(now: () => number): KeyWindow {
  const unknownSince = new Map<string, number>();
  return async (key, call, mayBeSentSince) => {
    const since = mayBeSentSince ?? unknownSince.get(key) ?? now();
    if (now() - since >= KEPT_MS) return { kind: "unknown", reason: "the platform keeps the key no longer" };
    // An error proves something about this call only, not about the one before.
    const outcome = await call();
    unknownSince.delete(key);
    if (outcome.kind === "unknown") unknownSince.set(key, since);
    for (const oldest of unknownSince.keys()) {
      if (unknownSince.size <= MOST) break;
      unknownSince.delete(oldest);
    }
    return outcome;
  };
}
