import { systemClock } from "@recallkit/core";
import type { HeldLease, Leases } from "@recallkit/core/ports";
import { type RedisClock, type RedisConnection, redisScript } from "./connection.js";

// The hash stays when nobody holds the name, so that tokens go on growing; after a flush they go on from the clock.
const ACQUIRE = redisScript(`
local now, forMs = tonumber(ARGV[1]), tonumber(ARGV[2])
local last = redis.call('HMGET', KEYS[1], 'token', 'until')
if last[2] and tonumber(last[2]) > now then return false end
local token = math.max((tonumber(last[1]) or 0) + 1, now)
redis.call('HSET', KEYS[1], 'token', string.format('%.0f', token), 'until', string.format('%.0f', now + forMs))
return string.format('%.0f', token)`);

const RENEW = redisScript(`
local now, forMs = tonumber(ARGV[1]), tonumber(ARGV[2])
local last = redis.call('HMGET', KEYS[1], 'token', 'until')
if last[1] ~= ARGV[3] or tonumber(last[2]) <= now then return 0 end
redis.call('HSET', KEYS[1], 'until', string.format('%.0f', now + forMs))
return 1`);

/**
 * {@link Leases} of all processes on one Redis.
 *
 * A Redis that loses its data gives leases anew while older ones last. Work that must not be done twice is therefore
 * decided by the ledger, with the token.
 *
 * @throws {StorageError} `storage.unavailable` from every call while Redis is away: nobody gets a lease then
 */
export function redisLeases(
  redis: RedisConnection,
  { clock = systemClock }: { readonly clock?: RedisClock } = {},
): Leases {
  const keyOf = (name: string) => `lease:${name}`;

  async function setEnd({ name, token }: HeldLease, now: number, forMs: number): Promise<boolean> {
    return (await redis.run(RENEW, keyOf(name), [now, forMs, token])) === 1;
  }

  return {
    async acquire(name, forMs) {
      const now = clock.now();
      const token = await redis.run(ACQUIRE, keyOf(name), [now, forMs]);
      return typeof token === "string" ? { name, token: Number(token), until: now + forMs } : undefined;
    },
    async renew(lease, forMs) {
      const now = clock.now();
      return (await setEnd(lease, now, forMs)) ? { ...lease, until: now + forMs } : undefined;
    },
    async release(lease) {
      await setEnd(lease, clock.now(), 0);
    },
  };
}
