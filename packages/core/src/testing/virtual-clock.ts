import type { Clock } from "../clock.js";

/** A clock that stands still until it is told to move. */
export interface VirtualClock extends Clock {
  /** Moves time on by `ms`, waking every sleeper whose time comes, in order. */
  advance(ms: number): Promise<void>;
  /** Moves the wall clock alone, forward or back, as an administrator would; sleepers and `monotonic` do not notice. */
  setWall(now: number): void;
  /** Sleepers at this moment. */
  readonly sleeping: number;
}

interface Sleeper {
  readonly wakeAt: number;
  readonly wake: () => void;
}

/** Time under a test's control. @param start epoch ms */
export function virtualClock(start: number): VirtualClock {
  let elapsed = 0;
  let wall = start;
  const sleepers = new Set<Sleeper>();
  return {
    now: () => wall,
    monotonic: () => elapsed,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted || ms <= 0) {
          resolve();
          return;
        }
        const sleeper: Sleeper = { wakeAt: elapsed + ms, wake: done };
        function done(): void {
          sleepers.delete(sleeper);
          signal?.removeEventListener("abort", done);
          resolve();
        }
        signal?.addEventListener("abort", done, { once: true });
        sleepers.add(sleeper);
      }),
    async advance(ms) {
      const target = elapsed + ms;
      for (;;) {
        const due = [...sleepers].filter((sleeper) => sleeper.wakeAt <= target).sort((a, b) => a.wakeAt - b.wakeAt)[0];
        const step = (due?.wakeAt ?? target) - elapsed;
        elapsed += Math.max(step, 0);
        wall += Math.max(step, 0);
        if (!due) return;
        due.wake();
        await settle();
      }
    },
    setWall(now) {
      wall = now;
    },
    get sleeping() {
      return sleepers.size;
    },
  };
}

/** Lets everything that is ready run, so that a woken sleeper may sleep again before time moves on. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
