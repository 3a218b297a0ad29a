import { describe } from "vitest";
import { memoryLeases, memoryRateLimiter } from "../memory/index.js";
import type { Leases } from "../ports/leases.js";
import type { Permit, RateLimit, RateLimiter } from "../ports/rate-limiter.js";
import { virtualClock } from "../testing/index.js";
import { type LeasesHarness, leasesConformance, type RateLimiterHarness, rateLimiterConformance } from "./index.js";
import { type Broken, provesEveryCase } from "./testing/broken.js";

const clock = virtualClock(1_000_000_000);

/** Working leases of all processes with some methods broken. */
function brokenLeases(faults: (real: Leases) => Partial<Leases>, caughtBy: readonly string[]): Broken<LeasesHarness> {
  const real = memoryLeases({ clock });
  return { harness: { open: async () => ({ ...real, ...faults(real) }), clock }, caughtBy };
}

describe("leases", () => {
  provesEveryCase(leasesConformance, {
    "lets everybody in": brokenLeases(
      () => ({ acquire: async (name, forMs) => ({ name, token: 1, until: clock.now() + forMs }) }),
      ["a name has one holder until the lease is over", "50 who ask at once have one holder"],
    ),
    "keeps a name apart per process": {
      harness: { open: async () => memoryLeases({ clock }), clock },
      caughtBy: ["a name has one holder until the lease is over", "50 who ask at once have one holder"],
    },
    "never lets go": brokenLeases(
      (real) => ({ acquire: (name) => real.acquire(name, 1_000_000_000) }),
      ["a name has one holder until the lease is over"],
    ),
    "trims names and ignores case": brokenLeases(
      (real) => ({ acquire: (name, forMs) => real.acquire(name.trim().toLowerCase(), forMs) }),
      ["names compare bytewise"],
    ),
    "gives every holder the same token": brokenLeases(
      (real) => ({
        acquire: async (name, forMs) => {
          const lease = await real.acquire(name, forMs);
          return lease && { ...lease, token: 1 };
        },
      }),
      ["the fencing token grows with every holder"],
    ),
    "renews in word only": brokenLeases(
      () => ({ renew: async (lease, forMs) => ({ ...lease, until: clock.now() + forMs }) }),
      [
        "a renewed lease lasts longer and keeps its token",
        "a lost lease is not renewed, and its release is nothing to the next holder",
      ],
    ),
    "ignores releases": brokenLeases(() => ({ release: async () => {} }), ["a released name is free at once"]),
    "releases whoever holds the name": (() => {
      let newest: Parameters<Leases["release"]>[0] | undefined;
      return brokenLeases(
        (real) => ({
          acquire: async (name, forMs) => {
            const lease = await real.acquire(name, forMs);
            newest = lease ?? newest;
            return lease;
          },
          release: async () => {
            if (newest) await real.release(newest);
          },
        }),
        ["a lost lease is not renewed, and its release is nothing to the next holder"],
      );
    })(),
  });
});

/** A working limiter of all processes behind a fault. */
function brokenLimiter(
  fault: (real: RateLimiter) => RateLimiter["take"],
  caughtBy: readonly string[],
): Broken<RateLimiterHarness> {
  const real = memoryRateLimiter({ clock });
  return { harness: { open: async () => ({ take: fault(real) }), clock }, caughtBy };
}

const granted: Permit = { kind: "granted", end: async () => {} };

describe("rate limiter", () => {
  provesEveryCase(rateLimiterConformance, {
    "limits nothing": brokenLimiter(
      () => async () => granted,
      [
        "a bucket lets a burst through and then its rate",
        "no stretch of the window has more calls than allowed",
        "calls in flight are limited until they end",
        "50 who ask at once get what the limit allows",
      ],
    ),
    "counts per process": {
      harness: { open: async () => memoryRateLimiter({ clock }), clock },
      caughtBy: ["a bucket lets a burst through and then its rate", "50 who ask at once get what the limit allows"],
    },
    "fills a bucket for ever": brokenLimiter(
      (real) => (key, limit) => real.take(key, limit.kind === "bucket" ? { ...limit, burst: 100 } : limit),
      ["a bucket never holds more than its burst"],
    ),
    "forgets nobody in flight": brokenLimiter(
      (real) => (key, limit) =>
        real.take(key, limit.kind === "in-flight" ? { ...limit, forgottenAfterMs: 1_000_000_000 } : limit),
      ["a call that never ends is forgotten"],
    ),
    "counts fixed windows": brokenLimiter(
      (real) => (key, limit) =>
        limit.kind === "window"
          ? real.take(`${key} ${Math.floor(clock.now() / limit.windowMs)}`, limit)
          : real.take(key, limit),
      ["no stretch of the window has more calls than allowed"],
    ),
    "never hears that a call ended": brokenLimiter(
      (real) => async (key, limit) => {
        const permit = await real.take(key, limit);
        return permit.kind === "granted" ? granted : permit;
      },
      ["calls in flight are limited until they end"],
    ),
    "mixes keys": brokenLimiter(
      (real) => (key, limit) => real.take(key.trim().toLowerCase(), limit),
      ["keys are counted apart, bytewise"],
    ),
    "keeps to the numbers that it heard first": (() => {
      const first = new Map<string, RateLimit>();
      return brokenLimiter(
        (real) => (key, limit) => {
          const heard = first.get(key) ?? limit;
          first.set(key, heard);
          return real.take(key, heard);
        },
        ["other numbers hold from the next call on"],
      );
    })(),
    "asks everybody to come back too early": brokenLimiter(
      (real) => async (key: string, limit: RateLimit) => {
        const permit = await real.take(key, limit);
        return permit.kind === "refused" ? { ...permit, retryAfterMs: 1 } : permit;
      },
      ["whoever is refused is told a time that is worth waiting for"],
    ),
  });
});
