/** Lets one loop of the engine tell the others that there may be work, so that they need not sleep their interval out. A hint only. */
export interface Bell {
  /** Aborted at the next ring. Taken before one looks for work, it also tells of a ring that came meanwhile. */
  readonly next: AbortSignal;
  ring(): void;
}

export function createBell(): Bell {
  let coming = new AbortController();
  return {
    get next() {
      return coming.signal;
    },
    ring() {
      const rung = coming;
      coming = new AbortController();
      rung.abort();
    },
  };
}
