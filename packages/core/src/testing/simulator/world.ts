import type { Timings } from "../../engine/timings.js";
import type { RecallKit } from "../../kit/kit.js";
import type { Channel } from "../../ports/channel.js";
import type { Stores } from "../../ports/stores.js";
import type { Random } from "../../random.js";
import type { VirtualClock } from "../virtual-clock.js";
import type { Life } from "./fate.js";
import type { Mutant } from "./mutants.js";
import type { Provider } from "./provider.js";
import type { Trace } from "./trace.js";

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
/** Monday 1 June 2026, 10:00 in Shanghai. */
export const START = Date.UTC(2026, 5, 1, 2);
/** For how long everything goes wrong. */
export const FAULTS_MS = 4 * HOUR;
export const SETTLE_MS = 10 * MINUTE;

/** States of occurrences from which nothing follows. */
export const RESTING: ReadonlySet<string> = new Set(["completed", "completed_with_errors", "skipped", "cancelled"]);

/** What all consents of a run have in common. */
export const CONSENT = { channel: "sms", source: "simulation" } as const;

/** A world with everything that the processes share. */
export interface World {
  readonly seed: number;
  readonly random: Random;
  readonly clock: VirtualClock;
  readonly trace: Trace;
  readonly stores: Stores;
  readonly provider: Pick<Provider, "messages"> & { channels(life: Life): readonly Channel[] };
  readonly personal: boolean;
  readonly sms: boolean;
  readonly fallBack: boolean;
  readonly mutant: Mutant;
  readonly timings: Partial<Timings>;
  /** Works without faults, for the setting and the operator. */
  readonly operator: RecallKit;
  readonly stop: AbortController;
  processes: number;
}
