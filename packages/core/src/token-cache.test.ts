import { expect, test } from "vitest";
import { systemClock } from "./clock.js";
import { memoryTokenCache } from "./token-cache.js";

function cacheAt(start: number) {
  let now = start;
  const cache = memoryTokenCache({ clock: { ...systemClock, now: () => now } });
  return {
    cache,
    setNow(at: number) {
      now = at;
    },
  };
}

/** A fetch that brings v1, v2 … and counts its calls. */
function source(expiresAt: number) {
  const calls = { count: 0 };
  return {
    calls,
    async fetch() {
      calls.count += 1;
      return { value: `v${calls.count}`, expiresAt };
    },
  };
}

test("fetches once for 50 concurrent callers of a key, and once for each key", async () => {
  const { cache } = cacheAt(0);
  const { fetch, calls } = source(1000);
  const values = await Promise.all(Array.from({ length: 50 }, () => cache.getOrFetch("a", fetch)));
  expect(new Set(values)).toEqual(new Set(["v1"]));
  expect(await cache.getOrFetch("b", fetch)).toBe("v2");
  expect(calls.count).toBe(2);
});

test("keeps a value until its end", async () => {
  const { cache, setNow } = cacheAt(0);
  const { fetch } = source(1000);
  await cache.getOrFetch("a", fetch);
  setNow(999);
  expect(await cache.getOrFetch("a", fetch)).toBe("v1");
  setNow(1000);
  expect(await cache.getOrFetch("a", fetch)).toBe("v2");
});

test("shares a failure with those who wait, and forgets it", async () => {
  const { cache } = cacheAt(0);
  const { fetch } = source(1000);
  let failures = 0;
  const fail = async () => {
    failures += 1;
    throw new Error("no");
  };
  const waiting = await Promise.allSettled([cache.getOrFetch("a", fail), cache.getOrFetch("a", fail)]);
  expect(waiting.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  expect(failures).toBe(1);
  expect(await cache.getOrFetch("a", fetch)).toBe("v1");
});

test("forgets a failure that comes before the first await", async () => {
  const { cache } = cacheAt(0);
  const throwAtOnce = () => {
    throw new Error("no");
  };
  await expect(cache.getOrFetch("a", throwAtOnce)).rejects.toThrow("no");
  expect(await cache.getOrFetch("a", source(1000).fetch)).toBe("v1");
});

test("drops a value only while it is the one kept", async () => {
  const { cache } = cacheAt(0);
  const { fetch } = source(1000);
  await cache.getOrFetch("a", fetch);
  await cache.expire("a", "older");
  expect(await cache.getOrFetch("a", fetch)).toBe("v1");
  await cache.expire("a", "v1");
  expect(await cache.getOrFetch("a", fetch)).toBe("v2");
});
