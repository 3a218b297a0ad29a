import type { Clock } from "../../clock.js";
import type { CachedValue, TokenCache } from "../../ports/token-cache.js";
import type { ConformanceCase } from "../conformance-case.js";
import { expectSame } from "../expect.js";

/** How the cases reach a token cache. */
export interface TokenCacheHarness {
  /** An empty cache. */
  open(): Promise<TokenCache>;
  /** The clock that the cache goes by. */
  readonly clock: Pick<Clock, "now">;
}

/** Facts about `TokenCache`. */
export function tokenCacheConformance({ open, clock }: TokenCacheHarness): readonly ConformanceCase[] {
  return Object.entries(facts).map(([name, check]) => ({
    name: `token cache: ${name}`,
    run: async () => check(await open(), clock.now()),
  }));
}

const MINUTE = 60_000;

/** A source of values `<name>1`, `<name>2` … that counts its calls. */
function source(name: string, expiresAt: number) {
  const fetched = { calls: 0 };
  const fetch = async (): Promise<CachedValue> => {
    fetched.calls += 1;
    return { value: `${name}${fetched.calls}`, expiresAt };
  };
  return { fetched, fetch };
}

const facts: Readonly<Record<string, (cache: TokenCache, now: number) => Promise<void>>> = {
  "a live value is fetched once": async (cache, now) => {
    const { fetched, fetch } = source("喵🐱𠮷 ", now + MINUTE);
    const values = [await cache.getOrFetch("key", fetch), await cache.getOrFetch("key", fetch)];
    expectSame([values, fetched.calls], [["喵🐱𠮷 1", "喵🐱𠮷 1"], 1], "values and calls");
  },

  "a value is not used from its end on": async (cache, now) => {
    const { fetch } = source("token", now);
    const values = [await cache.getOrFetch("key", fetch), await cache.getOrFetch("key", fetch)];
    expectSame(values, ["token1", "token2"], "values");
  },

  "keys compare bytewise": async (cache, now) => {
    const { fetch } = source("token", now + MINUTE);
    const values = [
      await cache.getOrFetch("key", fetch),
      await cache.getOrFetch("KEY", fetch),
      await cache.getOrFetch("key ", fetch),
    ];
    expectSame(values, ["token1", "token2", "token3"], "values");
  },

  "50 callers share one fetch": async (cache, now) => {
    const { fetched, fetch } = source("token", now + MINUTE);
    const values = await Promise.all(Array.from({ length: 50 }, () => cache.getOrFetch("key", fetch)));
    expectSame([[...new Set(values)], fetched.calls], [["token1"], 1], "values and calls");
  },

  "a failed fetch reaches its callers and is not kept": async (cache, now) => {
    const failure = new Error("failure on purpose");
    const refuse = async (): Promise<CachedValue> => {
      throw failure;
    };
    const outcomes = await Promise.allSettled([cache.getOrFetch("key", refuse), cache.getOrFetch("key", refuse)]);
    const reasons = outcomes.map((outcome) => outcome.status === "rejected" && outcome.reason === failure);
    expectSame(reasons, [true, true], "callers who got the error");
    const { fetch } = source("token", now + MINUTE);
    expectSame(await cache.getOrFetch("key", fetch), "token1", "value of the next fetch");
  },

  "an expired value is fetched again": async (cache, now) => {
    const { fetch } = source("token", now + MINUTE);
    const first = await cache.getOrFetch("key", fetch);
    await cache.expire("key", first);
    expectSame([first, await cache.getOrFetch("key", fetch)], ["token1", "token2"], "values");
  },

  "a fresh value survives the end of an older one": async (cache, now) => {
    const { fetch } = source("token", now + MINUTE);
    const first = await cache.getOrFetch("key", fetch);
    await cache.expire("key", first);
    await cache.getOrFetch("key", fetch);
    await cache.expire("key", first);
    await cache.expire("other", "token2");
    expectSame(await cache.getOrFetch("key", fetch), "token2", "value");
  },
};
