import type { Clock } from "../clock.js";

/** Looks after calls of others, which may never end. */
export interface CallWatch {
  /**
   * A call begins.
   *
   * @param onOver is told, once, when the call's time is over or all calls must end, unless the call is left before
   * @returns leaves the call alone from then on
   */
  begin(onOver: () => void): () => void;
}

/** Why a watch ends; without a reason every end of one would make an exception with its stack. */
const LEFT = "left alone";

/**
 * Watches calls with one timer for all: each has the same time, so that the first to begin is the first whose time is over.
 *
 * @param options `ms`: time of a call; `signal`: aborted when all calls must end
 */
export function createCallWatch(options: {
  readonly clock: Pick<Clock, "monotonic" | "sleep">;
  readonly ms: number;
  readonly signal: AbortSignal;
}): CallWatch {
  const { clock, ms, signal } = options;
  interface Call {
    readonly until: number;
    readonly onOver: () => void;
  }
  /** In the order in which they began. */
  const open = new Set<Call>();
  let watching: AbortController | undefined;

  function end(call: Call): void {
    if (open.delete(call)) call.onOver();
  }

  signal.addEventListener(
    "abort",
    () => {
      for (const call of [...open]) end(call);
      watching?.abort();
    },
    { once: true },
  );

  async function watch(own: AbortController): Promise<void> {
    for (const call of open) {
      await clock.sleep(call.until - clock.monotonic(), own.signal);
      if (own.signal.aborted) return;
      if (clock.monotonic() >= call.until) end(call);
    }
    if (watching === own) watching = undefined;
  }

  return {
    begin(onOver) {
      const call = { until: clock.monotonic() + ms, onOver };
      if (signal.aborted) {
        onOver();
        return () => {};
      }
      open.add(call);
      if (!watching) {
        watching = new AbortController();
        void watch(watching);
      }
      return () => {
        if (!open.delete(call) || open.size > 0) return;
        // Nothing is to be watched: a timer would keep the process.
        watching?.abort(LEFT);
        watching = undefined;
      };
    },
  };
}
