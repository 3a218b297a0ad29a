import { setTimeout as wait } from "node:timers/promises";
import type { FaultScript } from "./faults.js";

/** Calls that a fault keeps without an answer. */
export interface HeldCalls extends Pick<FaultScript, "whenHeld" | "release"> {
  /** Counts a call that is never answered, until `gone` resolves. */
  hang(gone: Promise<void>): void;
  /** Resolves after `delayMs` of real time, or without it at the next `release()`; rejects on close. */
  delay(delayMs: number | undefined, gone: Promise<void>): Promise<void>;
  /** Ends every wait. */
  close(): void;
}

/** An empty set of held calls. */
export function createHeldCalls(): HeldCalls {
  const closing = new AbortController();
  let held = 0;
  let waiting: (() => void)[] = [];
  let observers: { count: number; resolve: () => void }[] = [];

  function enter(): () => void {
    held += 1;
    for (const observer of observers) if (held >= observer.count) observer.resolve();
    observers = observers.filter(({ count }) => held < count);
    let inside = true;
    return () => {
      if (inside) held -= 1;
      inside = false;
    };
  }
  function release(): number {
    const released = waiting;
    waiting = [];
    for (const resolve of released) resolve();
    return released.length;
  }
  return {
    hang(gone) {
      void gone.then(enter());
    },
    async delay(delayMs, gone) {
      const leave = enter();
      void gone.then(leave);
      if (delayMs === undefined) await new Promise<void>((resolve) => waiting.push(resolve));
      else await wait(delayMs, undefined, { signal: closing.signal });
      leave();
      closing.signal.throwIfAborted();
    },
    whenHeld(count = 1) {
      if (held >= count) return Promise.resolve();
      return new Promise((resolve) => observers.push({ count, resolve }));
    },
    release,
    close() {
      closing.abort();
      release();
    },
  };
}
