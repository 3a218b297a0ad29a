import type { Random } from "../../random.js";
import type { VirtualClock } from "../virtual-clock.js";
import type { Trace } from "./trace.js";

/** What may happen to a process at a call of a port. */
export type Fault = "crash-before" | "crash-after" | "pause";

/** The end of a process; nothing that it does afterwards has an effect. */
export class Crash extends Error {
  constructor() {
    super("the process was killed");
  }
}

/** The life of one process: every call of a port goes through it. */
export interface Life {
  readonly isDead: boolean;
  /** Runs a call, unless the process is dead, stopped or dies at it. */
  call<T>(name: string, run: () => Promise<T>): Promise<T>;
  /** @throws {Crash} the process is dead */
  assertAlive(): void;
}

/** Calls between two faults of a process, at most. */
const LONGEST_QUIET = 400;
const LONGEST_PAUSE_MS = 1_800_000;
/** Between the intent and the first byte a stop does most harm, so it comes there more often. */
const STOPS_BEFORE_SENDING = 0.04;

/** Begins a life. @param until no faults from this instant on, epoch ms */
export function beginLife(parts: {
  readonly name: string;
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly trace: Trace;
  readonly until: number;
}): Life {
  const { name, clock, random, trace, until } = parts;
  let isDead = false;
  let wakesAt = 0;
  let quiet = 1 + Math.floor(random.next() * LONGEST_QUIET);

  function fate(): Fault | undefined {
    quiet -= 1;
    if (quiet > 0 || clock.now() >= until) return undefined;
    quiet = 1 + Math.floor(random.next() * LONGEST_QUIET);
    const chance = random.next();
    return chance < 0.3 ? "crash-before" : chance < 0.6 ? "crash-after" : "pause";
  }

  function die(): never {
    isDead = true;
    throw new Crash();
  }

  function assertAlive(): void {
    if (isDead) throw new Crash();
  }

  return {
    get isDead() {
      return isDead;
    },
    assertAlive,
    async call(port, run) {
      assertAlive();
      const isAboutToSend = port === "provider/send" && clock.now() < until && random.next() < STOPS_BEFORE_SENDING;
      const fault = isAboutToSend ? "pause" : fate();
      trace.call(name, port, fault);
      if (fault === "crash-before") die();
      if (fault === "pause") wakesAt = Math.max(wakesAt, clock.now() + Math.floor(random.next() * LONGEST_PAUSE_MS));
      // A stopped process stands still as a whole, whatever it was about to do.
      while (clock.now() < wakesAt) await clock.sleep(wakesAt - clock.now());
      assertAlive();
      const result = await run();
      if (fault === "crash-after") die();
      // Another call of the process may have died meanwhile.
      assertAlive();
      return result;
    },
  };
}
