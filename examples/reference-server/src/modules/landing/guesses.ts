import type { Clock } from "@recallkit/core";

/** Wrong tokens and codes that one address may try in a window. */
const MOST_WRONG = 20;
const WINDOW_MS = 600_000;
/** Addresses remembered at once; the oldest give way. */
const MOST_ADDRESSES = 50_000;

/** Counts wrong tokens and codes by address, in this process. */
export interface Guesses {
  /** How long an address has to wait, ms; 0: it may ask. */
  waitMs(ip: string): number;
  /** Notes a wrong one. */
  wrong(ip: string): void;
}

/**
 * Who tries many is made to wait. A token has 128 bits and needs no such guard, so one that is right opens all the same; a
 * code of eight characters does.
 */
export function guesses(clock: Pick<Clock, "now">): Guesses {
  const seen = new Map<string, { count: number; readonly until: number }>();
  const current = (ip: string) => {
    const found = seen.get(ip);
    if (!found || found.until > clock.now()) return found;
    seen.delete(ip);
    return undefined;
  };
  return {
    waitMs(ip) {
      const found = current(ip);
      return found && found.count >= MOST_WRONG ? found.until - clock.now() : 0;
    },
    wrong(ip) {
      const found = current(ip);
      if (found) found.count += 1;
      else seen.set(ip, { count: 1, until: clock.now() + WINDOW_MS });
      for (const oldest of seen.keys()) {
        if (seen.size <= MOST_ADDRESSES) break;
        seen.delete(oldest);
      }
    },
  };
}
