import type { Clock } from "@recallkit/core";

/**
 * Paths that WeCom has shut after too many calls. Calls that would be refused are not made: each of them would lengthen the
 * penalty, and failed ones count against the address of the machine.
 *
 * @see https://developer.work.weixin.qq.com/document/path/90454
 */
export interface Penalties {
  /** Shuts a path from now on, in ms. */
  shut(path: string, ms: number): void;
  /** For how long a path is shut yet, ms; 0: it is open. */
  shutFor(path: string): number;
}

/** Penalties of one client. */
export function penalties(clock: Clock): Penalties {
  const until = new Map<string, number>();
  return {
    shut(path, ms) {
      until.set(path, clock.now() + ms);
    },
    shutFor(path) {
      const end = until.get(path);
      if (end === undefined) return 0;
      const left = end - clock.now();
      if (left <= 0) until.delete(path);
      return Math.max(0, left);
    },
  };
}
