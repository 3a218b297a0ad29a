import type { Stores } from "../ports/stores.js";

/** One fact that every implementation of a port must show; runs in any test runner. */
export interface ConformanceCase {
  readonly name: string;
  /** Why this adapter leaves the case out; the runner shows it as skipped. */
  readonly skip?: string;
  /** Resolves when the fact holds. Rejects with an `AssertionError` when it does not. */
  run(): Promise<void>;
}

/**
 * How the cases reach an engine.
 *
 * Every case opens once and closes what it opened; an adapter that shares one connection gives `close` no effect.
 * Cases bring their own tenants, so one database can serve all of them, one after the other.
 */
export interface StoresHarness {
  /** Stores on a migrated database, empty or left over from earlier cases. */
  open(): Promise<Stores>;
  /** Closes the stores and opens the same data again. Absent: the engine keeps nothing. */
  reopen?(stores: Stores): Promise<Stores>;
}

/** What a case works on: a tenant of its own at an instant of its own. */
export interface Scene {
  readonly stores: Stores;
  readonly tenantId: number;
  /** Epoch ms. Claims at this time see no due row of an earlier case. */
  readonly now: number;
}

/** A scene whose engine can be shut down. */
export interface DurableScene extends Scene {
  /** The same data after a restart. */
  reopen(): Promise<Stores>;
}

/** Checks by the fact that each of them shows. */
export type Facts<S = Scene> = Readonly<Record<string, (scene: S) => Promise<void>>>;

/** 2200-01-01. */
const LATEST = 7_258_118_400_000;
const DAY = 86_400_000;

/**
 * Turns named facts into cases; `durable` facts need a restart.
 *
 * Later tenants live earlier: what a case leaves behind is not due yet for the cases that follow.
 */
export function casesOf(
  area: string,
  harness: StoresHarness,
  facts: Facts,
  durable: Facts<DurableScene> = {},
): readonly ConformanceCase[] {
  const plain = Object.entries(facts).map(([name, check]) => caseOf(`${area}: ${name}`, harness, check));
  const restarting = Object.entries(durable).map(([name, check]) => caseOf(`${area}: ${name}`, harness, check));
  if (harness.reopen) return [...plain, ...restarting];
  return [...plain, ...restarting.map((each) => ({ ...each, skip: "the engine keeps nothing" }))];
}

function caseOf(name: string, harness: StoresHarness, check: (scene: DurableScene) => Promise<void>): ConformanceCase {
  async function run(): Promise<void> {
    let stores = await harness.open();
    try {
      const tenant = await stores.tenants.insert({
        name: "conformance",
        timeZone: "Asia/Shanghai",
        currency: "CNY",
        createdAt: 0,
      });
      const reopen = async () => {
        stores = (await harness.reopen?.(stores)) ?? stores;
        return stores;
      };
      await check({ stores, tenantId: tenant.id, now: LATEST - tenant.id * 2 * DAY, reopen });
    } finally {
      await stores.close();
    }
  }
  return { name, run };
}
