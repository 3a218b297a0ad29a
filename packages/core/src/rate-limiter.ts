import type { Clock } from "./clock.js";
import type { Permit, RateLimit, RateLimiter } from "./ports/rate-limiter.js";

type Counter<L extends RateLimit = RateLimit> = (now: number, limit: L) => Permit;
type Limit<K extends RateLimit["kind"]> = Extract<RateLimit, { readonly kind: K }>;

/** {@link RateLimiter} of one process. */
export function memoryRateLimiter({ clock }: { readonly clock: Pick<Clock, "now"> }): RateLimiter {
  const counters = new Map<string, Counter<never>>();
  return {
    async take(key, limit) {
      const name = `${limit.kind}:${key}`;
      const counter = counters.get(name) ?? counterOf(limit.kind, clock);
      counters.set(name, counter);
      // By its name the counter is one of this kind of limit.
      return (counter as Counter)(clock.now(), limit);
    },
  };
}

function counterOf(kind: RateLimit["kind"], clock: Pick<Clock, "now">): Counter<never> {
  switch (kind) {
    case "bucket":
      return bucket();
    case "window":
      return window();
    case "in-flight":
      return inFlight(clock);
  }
}

/** What fractions of a millisecond may lose in arithmetic. */
const ROUNDING_MS = 1e-3;

const GRANTED: Permit = { kind: "granted", end: async () => {} };

// The bucket as the one number at which it will be full again: https://en.wikipedia.org/wiki/Generic_cell_rate_algorithm
function bucket(): Counter<Limit<"bucket">> {
  let fullAt = Number.NEGATIVE_INFINITY;
  return (now, { burst, perSecond }) => {
    const interval = 1000 / perSecond;
    // A clock that was put back does not lock the bucket for longer than it takes to fill it.
    fullAt = Math.min(Math.max(fullAt, now), now + burst * interval);
    const wait = fullAt - now - (burst - 1) * interval;
    if (wait > ROUNDING_MS) return { kind: "refused", retryAfterMs: Math.max(1, Math.ceil(wait - ROUNDING_MS)) };
    fullAt += interval;
    return GRANTED;
  };
}

function window(): Counter<Limit<"window">> {
  let calls: number[] = [];
  return (now, { max, windowMs }) => {
    calls = calls.filter((at) => at > now - windowMs);
    const [oldest = now] = calls;
    if (calls.length >= max) return { kind: "refused", retryAfterMs: Math.max(1, oldest + windowMs - now) };
    calls.push(now);
    return GRANTED;
  };
}

function inFlight(clock: Pick<Clock, "now">): Counter<Limit<"in-flight">> {
  const ends = new Map<number, number>();
  let last = 0;
  return (now, { max, forgottenAfterMs }) => {
    for (const [id, at] of ends) if (at <= now) ends.delete(id);
    if (ends.size >= max) {
      const first = Math.min(...ends.values());
      return { kind: "refused", retryAfterMs: Math.max(1, first - clock.now()) };
    }
    const id = ++last;
    ends.set(id, now + forgottenAfterMs);
    return {
      kind: "granted",
      async end() {
        ends.delete(id);
      },
    };
  };
}
