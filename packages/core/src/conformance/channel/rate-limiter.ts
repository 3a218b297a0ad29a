import type { Permit, RateLimit, RateLimiter } from "../../ports/rate-limiter.js";
import type { ConformanceCase } from "../conformance-case.js";
import { expectSame, expectThat } from "../expect.js";
import type { MovableClock } from "./movable-clock.js";

/** How the cases reach a rate limiter. */
export interface RateLimiterHarness {
  /** The limiter of one process; every call gives that of another one over the same counts. */
  open(): Promise<RateLimiter>;
  /** The clock that it goes by; it is moved forward. */
  readonly clock: MovableClock;
}

/** Facts about `RateLimiter`. */
export function rateLimiterConformance({ open, clock }: RateLimiterHarness): readonly ConformanceCase[] {
  return Object.entries(facts).map(([fact, check], number) => ({
    name: `rate limiter: ${fact}`,
    run: async () => {
      const limiters = [await open(), await open()] as const;
      let turn = 0;
      const take = (key: string, limit: RateLimit) => {
        turn++;
        return (turn % 2 === 0 ? limiters[0] : limiters[1]).take(key, limit);
      };
      await check({ take, clock, key: `喵😺 ${number} ${clock.now()}` });
    },
  }));
}

interface LimitScene {
  /** By one process and another in turn. */
  take(key: string, limit: RateLimit): Promise<Permit>;
  readonly clock: RateLimiterHarness["clock"];
  /** A key that was not used before. */
  readonly key: string;
}

const BUCKET: RateLimit = { kind: "bucket", burst: 3, perSecond: 2 };
const WINDOW: RateLimit = { kind: "window", max: 3, windowMs: 1000 };
const IN_FLIGHT: RateLimit = { kind: "in-flight", max: 3, forgottenAfterMs: 60_000 };

async function takeAll({ take, key }: LimitScene, limit: RateLimit, count: number): Promise<readonly string[]> {
  const told: string[] = [];
  for (let n = 0; n < count; n++) {
    const permit = await take(key, limit);
    told.push(permit.kind === "granted" ? "granted" : String(permit.retryAfterMs));
  }
  return told;
}

const CHANGED: readonly (readonly [RateLimit, RateLimit])[] = [
  [BUCKET, { ...BUCKET, burst: 10 }],
  [WINDOW, { ...WINDOW, max: 5 }],
  [IN_FLIGHT, { ...IN_FLIGHT, max: 5 }],
];

const GRANTED_THRICE = ["granted", "granted", "granted"];

const facts: Readonly<Record<string, (scene: LimitScene) => Promise<void>>> = {
  "a bucket lets a burst through and then its rate": async (scene) => {
    expectSame(await takeAll(scene, BUCKET, 4), [...GRANTED_THRICE, "500"], "burst");
    await scene.clock.advance(499);
    expectSame(await takeAll(scene, BUCKET, 1), ["1"], "a millisecond early");
    await scene.clock.advance(1);
    expectSame(await takeAll(scene, BUCKET, 2), ["granted", "500"], "one after half a second");
  },

  "a bucket never holds more than its burst": async (scene) => {
    await takeAll(scene, BUCKET, 3);
    await scene.clock.advance(3_600_000);
    expectSame(await takeAll(scene, BUCKET, 4), [...GRANTED_THRICE, "500"], "after an hour");
  },

  "no stretch of the window has more calls than allowed": async (scene) => {
    expectSame(await takeAll(scene, WINDOW, 1), ["granted"], "first");
    await scene.clock.advance(600);
    expectSame(await takeAll(scene, WINDOW, 3), ["granted", "granted", "400"], "full");
    await scene.clock.advance(400);
    expectSame(await takeAll(scene, WINDOW, 2), ["granted", "600"], "when the first has left the window");
  },

  "calls in flight are limited until they end": async (scene) => {
    const permit = await scene.take(scene.key, IN_FLIGHT);
    expectSame(await takeAll(scene, IN_FLIGHT, 3), ["granted", "granted", "60000"], "full");
    if (permit.kind === "granted") {
      await permit.end();
      await permit.end();
    }
    expectSame(await takeAll(scene, IN_FLIGHT, 2), ["granted", "60000"], "after one has ended");
  },

  "a call that never ends is forgotten": async (scene) => {
    await takeAll(scene, IN_FLIGHT, 3);
    await scene.clock.advance(60_000);
    expectSame(await takeAll(scene, IN_FLIGHT, 1), ["granted"], "after the time");
  },

  "50 who ask at once get what the limit allows": async ({ take, key }) => {
    for (const limit of [BUCKET, WINDOW, IN_FLIGHT]) {
      const permits = await Promise.all(Array.from({ length: 50 }, () => take(`${key} ${limit.kind}`, limit)));
      expectSame(permits.filter(({ kind }) => kind === "granted").length, 3, `${limit.kind}: granted`);
    }
  },

  "other numbers hold from the next call on": async ({ take, key }) => {
    for (const [narrow, wide] of CHANGED) {
      const own = `${key} ${narrow.kind}`;
      for (let n = 0; n < 3; n++) await take(own, narrow);
      expectSame((await take(own, narrow)).kind, "refused", `${narrow.kind}: full`);
      expectSame((await take(own, wide)).kind, "granted", `${narrow.kind}: made wider`);
      expectSame((await take(own, narrow)).kind, "refused", `${narrow.kind}: made narrow again`);
    }
  },

  "keys are counted apart, bytewise": async ({ take, key }) => {
    for (const suffix of ["a", "A", "a "]) {
      const told = await takeAll({ take, key: `${key}${suffix}`, clock: NO_CLOCK }, WINDOW, 3);
      expectSame(told, GRANTED_THRICE, `key ${suffix}`);
    }
  },

  "whoever is refused is told a time that is worth waiting for": async ({ take, clock, key }) => {
    for (const limit of [BUCKET, WINDOW, IN_FLIGHT]) {
      const own = `${key} ${limit.kind}`;
      for (let n = 0; n < 3; n++) await take(own, limit);
      const refused = await take(own, limit);
      expectThat(refused.kind === "refused" && refused.retryAfterMs >= 1, `${limit.kind}: a time is told`);
      if (refused.kind === "refused") await clock.advance(refused.retryAfterMs);
      expectSame((await take(own, limit)).kind, "granted", `${limit.kind}: after the time`);
    }
  },
};

const NO_CLOCK: RateLimiterHarness["clock"] = { now: () => 0, advance: async () => {} };
