import type { WakeUps } from "../ports/wake-ups.js";

/** Lets one loop of the engine tell the others that there may be work, so that they need not sleep their interval out. A hint only. */
export interface Bell {
  /** Aborted at the next ring. Taken before one looks for work, it also tells of a ring that came meanwhile. */
  readonly next: AbortSignal;
  /** Wakes the loops of this process, and of the others where the stores can tell them. */
  ring(): void;
  /** Wakes the loops of this process. */
  wake(): void;
}

/** Rings for nobody: before the commit there is nothing to be seen, and after it the loops find it by polling. */
export const silentBell: Bell = { next: new AbortController().signal, ring: () => {}, wake: () => {} };

export function createBell(wakeUps?: WakeUps): Bell {
  let coming = new AbortController();
  let isAnnouncing = false;
  let isRungAgain = false;

  function wake(): void {
    const rung = coming;
    coming = new AbortController();
    rung.abort();
  }

  /** One announcement at a time: rings that come meanwhile are one more. */
  async function announce(): Promise<void> {
    if (isAnnouncing) {
      isRungAgain = true;
      return;
    }
    isAnnouncing = true;
    do {
      isRungAgain = false;
      await wakeUps?.announce();
    } while (isRungAgain);
    isAnnouncing = false;
  }

  return {
    get next() {
      return coming.signal;
    },
    wake,
    ring() {
      wake();
      if (wakeUps) void announce();
    },
  };
}
