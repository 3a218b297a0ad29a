import { randomUUID } from "node:crypto";
import { ConfigError, systemClock } from "@recallkit/core";
import { memoryRateLimiter, type Permit, type RateLimit, type RateLimiter } from "@recallkit/core/ports";
import { type RedisClock, type RedisConnection, redisScript } from "./connection.js";

// Each answers 0 for a call that may be made, else the milliseconds to wait. Keys go by themselves when they tell nothing
// any more.
const BUCKET = redisScript(`
local now, burst, interval = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local fullAt = math.min(math.max(tonumber(redis.call('GET', KEYS[1]) or '0'), now), now + burst * interval)
local wait = fullAt - now - (burst - 1) * interval
if wait > 0.001 then return math.max(1, math.ceil(wait - 0.001)) end
redis.call('SET', KEYS[1], string.format('%.6f', fullAt + interval), 'PX', math.ceil(burst * interval) + 1000)
return 0`);

const WINDOW = redisScript(`
local now, max, windowMs = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - windowMs)
if redis.call('ZCARD', KEYS[1]) >= max then
  local oldest = tonumber(redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')[2])
  return math.max(1, oldest + windowMs - now)
end
redis.call('ZADD', KEYS[1], now, ARGV[4])
redis.call('PEXPIRE', KEYS[1], windowMs + 1000)
return 0`);

const IN_FLIGHT = redisScript(`
local now, max, forgottenAfterMs = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
if redis.call('ZCARD', KEYS[1]) >= max then
  return math.max(1, tonumber(redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')[2]) - now)
end
redis.call('ZADD', KEYS[1], now + forgottenAfterMs, ARGV[4])
redis.call('PEXPIRE', KEYS[1], forgottenAfterMs + 1000)
return 0`);

const END = redisScript("return redis.call('ZREM', KEYS[1], ARGV[1])");

/** How a limiter counts. */
export interface RedisRateLimiterOptions {
  /** Part of every limit that this process keeps to by itself while Redis is away, (0, 1]. @default 0.5 */
  readonly fractionWhenAway?: number;
  /** How long Redis is left alone after a failure, ms. @default 1000 */
  readonly pauseMs?: number;
  readonly clock?: RedisClock;
}

/**
 * {@link RateLimiter} of all processes on one Redis.
 *
 * While Redis is away each process counts by itself, up to a fraction of the limit (at least one call); never unlimited.
 * With n processes, 1/n keeps the limit as a whole. It counts together again as soon as Redis answers.
 *
 * @throws {ConfigError} `config.invalid` for `fractionWhenAway`
 */
export function redisRateLimiter(redis: RedisConnection, options: RedisRateLimiterOptions = {}): RateLimiter {
  const { fractionWhenAway = 0.5, pauseMs = 1_000, clock = systemClock } = options;
  if (!(fractionWhenAway > 0 && fractionWhenAway <= 1)) {
    throw new ConfigError("config.invalid", "fractionWhenAway", "fractionWhenAway must be above 0 and at most 1");
  }
  const local = memoryRateLimiter({ clock });
  let leftAloneUntil = Number.NEGATIVE_INFINITY;

  return {
    async take(key, limit) {
      const now = clock.now();
      // A clock that was put back does not keep us away for long.
      if (now < leftAloneUntil && now >= leftAloneUntil - pauseMs)
        return local.take(key, reduced(limit, fractionWhenAway));
      try {
        return await shared(redis, `rate:${limit.kind}:${key}`, limit, now);
      } catch {
        leftAloneUntil = now + pauseMs;
        return local.take(key, reduced(limit, fractionWhenAway));
      }
    },
  };
}

async function shared(redis: RedisConnection, key: string, limit: RateLimit, now: number): Promise<Permit> {
  const id = randomUUID();
  const wait = Number(await ask(redis, key, limit, now, id));
  if (wait > 0) return { kind: "refused", retryAfterMs: wait };
  if (limit.kind !== "in-flight") return { kind: "granted", end: async () => {} };
  return {
    kind: "granted",
    async end() {
      // Without an answer the call is forgotten in time.
      await redis.run(END, key, [id]).catch(() => {});
    },
  };
}

function ask(redis: RedisConnection, key: string, limit: RateLimit, now: number, id: string): Promise<unknown> {
  switch (limit.kind) {
    case "bucket":
      return redis.run(BUCKET, key, [now, limit.burst, 1000 / limit.perSecond]);
    case "window":
      return redis.run(WINDOW, key, [now, limit.max, limit.windowMs, id]);
    case "in-flight":
      return redis.run(IN_FLIGHT, key, [now, limit.max, limit.forgottenAfterMs, id]);
  }
}

/** The same limit with a part of the calls. */
function reduced(limit: RateLimit, fraction: number): RateLimit {
  const part = (calls: number) => Math.max(1, Math.floor(calls * fraction));
  if (limit.kind === "bucket") return { ...limit, burst: part(limit.burst), perSecond: limit.perSecond * fraction };
  return { ...limit, max: part(limit.max) };
}
