import { leasesConformance, rateLimiterConformance, tokenCacheConformance } from "@recallkit/core/conformance";
import { keyRing, type TokenCache } from "@recallkit/core/ports";
import { virtualClock } from "@recallkit/core/testing";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { openRedis, type RedisConnection, redisScript } from "./connection.js";
import { redisLeases } from "./leases.js";
import { redisRateLimiter } from "./rate-limiter.js";
import { connection, cuttableRedis, newPrefix, redisUrl } from "./test-support.js";
import { redisTokenCache } from "./token-cache.js";
import { redisWakeUps } from "./wake-ups.js";

const START = 1_700_000_000_000;
const MINUTE = 60_000;

test.each([
  [{ url: "http://127.0.0.1" }, "url"],
  [{ url: "nowhere" }, "url"],
  [{ url: "redis://127.0.0.1", prefix: "two words" }, "prefix"],
  [{ url: "redis://127.0.0.1", timeoutMs: 0 }, "timeoutMs"],
])("%j is refused by what is wrong with it", async (options, option) => {
  await expect(openRedis(options)).rejects.toMatchObject({ code: "config.invalid", option });
});

test("a fraction of nothing is refused", async () => {
  const nothing = async () => {};
  const redis: RedisConnection = {
    isConnected: true,
    run: async () => 0,
    subscribe: async () => ({ close: nothing }),
    close: nothing,
  };
  expect(() => redisRateLimiter(redis, { fractionWhenAway: 0 })).toThrow(/fractionWhenAway/);
});

describe.skipIf(redisUrl === "")("Redis (needs a server)", () => {
  const connections: RedisConnection[] = [];
  beforeAll(async () => {
    const prefix = newPrefix();
    connections.push(await openRedis({ url: redisUrl, prefix }), await openRedis({ url: redisUrl, prefix }));
  });
  afterAll(async () => {
    await Promise.all(connections.map((redis) => redis.close()));
  });
  let opened = 0;
  /** Connections of two processes in turn. */
  const next = (): RedisConnection => {
    const redis = connections[opened++ % 2];
    if (!redis) throw new Error("not connected yet");
    return redis;
  };

  const clock = virtualClock(START);
  for (const { name, run } of [
    ...leasesConformance({ open: async () => redisLeases(next(), { clock }), clock }),
    ...rateLimiterConformance({ open: async () => redisRateLimiter(next(), { clock }), clock }),
    ...tokenCacheConformance({
      open: async () => redisTokenCache(await connection(newPrefix()), { clock: real(clock.now()) }),
      clock,
    }),
  ])
    test(name, run);

  test("processes share one fetch and its value, also when they come later", async () => {
    const prefix = newPrefix();
    const keys = keyRing({ secretKey: "k".repeat(32) });
    const caches: TokenCache[] = [];
    for (let n = 0; n < 4; n++) caches.push(redisTokenCache(await connection(prefix), { keys, clock: real(START) }));
    let calls = 0;
    const fetch = async () => ({ value: `v${++calls}`, expiresAt: START + MINUTE });
    const values = await Promise.all(
      caches.flatMap((cache) => Array.from({ length: 25 }, () => cache.getOrFetch("a", fetch))),
    );
    expect([new Set(values), calls]).toEqual([new Set(["v1"]), 1]);
    await caches[0]?.expire("a", "v1");
    expect(await caches[1]?.getOrFetch("a", fetch)).toBe("v1");
    await caches[1]?.expire("a", "v1");
    expect(await Promise.all(caches.slice(0, 2).map((cache) => cache.getOrFetch("a", fetch)))).toEqual(["v2", "v2"]);
    // Whoever still has the first one is refused by the provider, and finds the second one instead of a third.
    await caches[2]?.expire("a", "v1");
    expect(await caches[2]?.getOrFetch("a", fetch)).toBe("v2");
    expect(calls).toBe(2);
  });

  test("values lie in Redis sealed, and another secret cannot use them", async () => {
    const prefix = newPrefix();
    const redis = await connection(prefix);
    const cacheWith = (secretKey: string) =>
      redisTokenCache(redis, { keys: keyRing({ secretKey }), clock: real(START) });
    await cacheWith("k".repeat(32)).getOrFetch("a", async () => ({ value: "hunter2", expiresAt: START + MINUTE }));
    const kept = await redis.run(redisScript("return redis.call('HGETALL', KEYS[1])"), "token:a", []);
    expect(JSON.stringify(kept)).not.toContain("hunter2");
    const fetch = async () => ({ value: "other", expiresAt: START + MINUTE });
    expect(await cacheWith("z".repeat(32)).getOrFetch("a", fetch)).toBe("other");
    expect(await cacheWith("k".repeat(32)).getOrFetch("a", fetch)).toBe("hunter2");
  });

  test("without Redis each process fetches for itself, and joins the others when it is back", async () => {
    const way = await cuttableRedis();
    const prefix = newPrefix();
    const near = redisTokenCache(await connection(prefix, way.url), { clock: real(START) });
    await way.cut();
    let calls = 0;
    const fetch = async () => ({ value: `v${++calls}`, expiresAt: START + MINUTE });
    expect(await near.getOrFetch("a", fetch)).toBe("v1");
    expect(await near.getOrFetch("a", fetch)).toBe("v1");
    await way.mend();
    const far = redisTokenCache(await connection(prefix), { clock: real(START) });
    expect(await far.getOrFetch("b", fetch)).toBe("v2");
    await expect
      .poll(
        async () => {
          await near.expire("b", "v3");
          return near.getOrFetch("b", async () => ({ value: "v3", expiresAt: START + MINUTE }));
        },
        { timeout: 60_000 },
      )
      .toBe("v2");
  });

  test("without Redis a process keeps to its part of each limit, never to none, and counts with the others afterwards", async () => {
    const way = await cuttableRedis();
    const prefix = newPrefix();
    const limiterClock = virtualClock(START);
    const near = redisRateLimiter(await connection(prefix, way.url), { clock: limiterClock, fractionWhenAway: 0.4 });
    const far = redisRateLimiter(await connection(prefix), { clock: limiterClock });
    const grants = async (key: string, max: number) => {
      const permits = [];
      for (let n = 0; n < 20; n++) permits.push(await near.take(key, { kind: "window", max, windowMs: MINUTE }));
      return permits.filter(({ kind }) => kind === "granted").length;
    };
    expect(await grants("a", 10)).toBe(10);
    await way.cut();
    expect(await grants("b", 10)).toBe(4);
    expect(await grants("c", 1)).toBe(1);
    await way.mend();
    for (let n = 0; n < 7; n++) await far.take("d", { kind: "window", max: 10, windowMs: MINUTE });
    const isBack = async () => {
      await limiterClock.advance(1_001);
      return (
        (await near.take("probe", { kind: "bucket", burst: 1, perSecond: 1_000 })).kind === "granted" &&
        (await far.take("probe", { kind: "bucket", burst: 1, perSecond: 1_000 })).kind === "refused"
      );
    };
    await expect.poll(isBack, { timeout: 60_000 }).toBe(true);
    expect(await grants("d", 10)).toBe(3);
  });

  test("wake-ups are heard by the other processes and not by oneself, also after a break", async () => {
    const way = await cuttableRedis();
    const prefix = newPrefix();
    const [near, far] = [await connection(prefix, way.url), await connection(prefix)];
    const heard: string[] = [];
    const [nearWakeUps, farWakeUps] = [redisWakeUps(near), redisWakeUps(far)];
    const listening = [
      await nearWakeUps.listen(() => heard.push("near")),
      await farWakeUps.listen(() => heard.push("far")),
    ];
    onTestFinished(async () => {
      for (const each of listening) await each.close();
    });
    const tellsNear = async () => {
      await farWakeUps.announce();
      return heard.includes("near");
    };
    await expect.poll(tellsNear, { timeout: 60_000 }).toBe(true);
    expect(heard).not.toContain("far");
    await way.cut();
    await nearWakeUps.announce();
    heard.length = 0;
    await way.mend();
    await expect.poll(tellsNear, { timeout: 60_000 }).toBe(true);
  });

  test("nobody gets a lease without Redis, and a flush does not turn the fencing tokens back", async () => {
    const way = await cuttableRedis();
    const prefix = newPrefix();
    const leases = redisLeases(await connection(prefix, way.url), { clock });
    const first = await leases.acquire("job", MINUTE);
    await way.cut();
    await expect(leases.acquire("other", MINUTE)).rejects.toMatchObject({
      code: "storage.unavailable",
      retryable: true,
    });
    const redis = await connection(prefix);
    await redis.run(redisScript("return redis.call('DEL', KEYS[1])"), "lease:job", []);
    await clock.advance(1);
    const second = await redisLeases(redis, { clock }).acquire("job", MINUTE);
    expect(second?.token).toBeGreaterThan(first?.token ?? 0);
  });

  test("a Redis that is away from the start is no error, and is found when it comes", async () => {
    const way = await cuttableRedis();
    await way.cut();
    const redis = await connection(newPrefix(), way.url);
    const echo = redisScript("return ARGV[1]");
    await expect(redis.run(echo, "a", ["x"])).rejects.toMatchObject({ code: "storage.unavailable" });
    await way.mend();
    await expect.poll(() => redis.run(echo, "a", ["喵"]).catch(() => undefined), { timeout: 60_000 }).toBe("喵");
  });
});

/** A clock that shows one instant and really waits. */
function real(now: number) {
  return { now: () => now, sleep: (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)) };
}
