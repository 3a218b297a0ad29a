import { type Clock, type Logger, RecallKitError } from "@recallkit/core";
import type { WakeUps } from "@recallkit/core/ports";
import type { SqlStores } from "@recallkit/storage-adapters/sqlite";
import type { ConfigKey, HotConfig } from "../../frame/config-key.js";
import { listEntries } from "./store.js";
import type { ConfigValues } from "./values.js";

/** How often every process looks, told or not, ms: what a change takes at most, with the look itself. */
const LOOK_MS = 1000;

/** What {@link openHotConfig} takes. */
export interface HotConfigParts {
  readonly stores: Pick<SqlStores, "sql">;
  readonly values: ConfigValues;
  readonly clock: Pick<Clock, "sleep">;
  readonly logger: Logger;
  /** Tells the other processes; without it they find out by looking. */
  readonly wakeUps: WakeUps | undefined;
}

/** The configuration of this process, kept up to date. */
export interface RunningConfig extends HotConfig {
  /** Reads what is stored. */
  refresh(): Promise<void>;
  /** Tells all processes that something was stored. A hint: whoever does not hear of it looks within a second. */
  announce(): void;
  /** Looks again and again until aborted. */
  run(options: { readonly signal: AbortSignal }): Promise<void>;
}

interface Held {
  readonly version: number;
  /** Undefined: the default holds. */
  readonly value: unknown;
}

/** Opens the configuration; {@link RunningConfig.refresh} reads it the first time. */
export function openHotConfig({ stores, values, clock, logger, wakeUps }: HotConfigParts): RunningConfig {
  let held = new Map<string, Held>();
  const listeners = new Map<string, Set<() => void>>();
  let told = new AbortController();

  async function refresh(): Promise<void> {
    const next = new Map<string, Held>();
    for (const { name, value, version } of await listEntries(stores)) {
      if (!values.keys.has(name)) continue;
      const known = held.get(name);
      next.set(name, known?.version === version ? known : { version, value: values.opened(name, value) });
    }
    const before = held;
    held = next;
    for (const name of new Set([...before.keys(), ...next.keys()])) {
      if (before.get(name)?.version === next.get(name)?.version) continue;
      if (next.get(name)?.value === undefined) logger.warn("config.not-usable", { key: name });
      for (const onChange of listeners.get(name) ?? []) onChange();
    }
  }

  return {
    get<T>({ name, defaultValue }: ConfigKey<T>): T {
      // It went through the schema of this key, which gives a T.
      return (held.get(name)?.value as T | undefined) ?? defaultValue;
    },
    watch({ name }, onChange) {
      const of = listeners.get(name) ?? new Set();
      listeners.set(name, of.add(onChange));
      return () => of.delete(onChange);
    },
    refresh,
    announce() {
      told.abort();
      void wakeUps?.announce();
    },
    async run({ signal }) {
      const hearing = await wakeUps?.listen(() => told.abort()).catch(() => undefined);
      while (!signal.aborted) {
        await clock.sleep(LOOK_MS, AbortSignal.any([signal, told.signal]));
        if (signal.aborted) break;
        told = new AbortController();
        await refresh().catch((error: unknown) => {
          logger.warn("config.not-read", { code: RecallKitError.is(error) ? error.code : "bug" });
        });
      }
      await hearing?.close();
    },
  };
}
