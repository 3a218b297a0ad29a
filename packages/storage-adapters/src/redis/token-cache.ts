import { createHash, randomUUID } from "node:crypto";
import { type Clock, systemClock } from "@recallkit/core";
import type { CachedValue, KeyRing, TokenCache } from "@recallkit/core/ports";
import { type RedisConnection, redisScript } from "./connection.js";

// Answers {value, end} for a live value; {"wait", ms} while somebody fetches; {"fetch"} to the one who shall.
const ENTER = redisScript(`
local now, caller, fetchMs = tonumber(ARGV[1]), ARGV[2], tonumber(ARGV[3])
local kept = redis.call('HMGET', KEYS[1], 'value', 'end', 'fetcher', 'fetchEnd')
if kept[1] and tonumber(kept[2]) > now then return {'value', kept[1], kept[2]} end
if kept[3] and kept[3] ~= caller and tonumber(kept[4]) > now then return {'wait', tostring(tonumber(kept[4]) - now)} end
redis.call('HSET', KEYS[1], 'fetcher', caller, 'fetchEnd', string.format('%.0f', now + fetchMs))
redis.call('PEXPIRE', KEYS[1], fetchMs + 60000)
return {'fetch'}`);

// A fetcher that took too long does not replace what its successor brought.
const KEEP = redisScript(`
if redis.call('HGET', KEYS[1], 'fetcher') ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[1])
if ARGV[2] ~= '' then
  redis.call('HSET', KEYS[1], 'value', ARGV[2], 'end', ARGV[3], 'hash', ARGV[4])
  redis.call('PEXPIRE', KEYS[1], math.max(1, tonumber(ARGV[5])))
end
return 1`);

const EXPIRE = redisScript(`
if redis.call('HGET', KEYS[1], 'hash') ~= ARGV[1] then return 0 end
redis.call('HDEL', KEYS[1], 'value', 'end', 'hash')
return 1`);

/** How a cache works. */
export interface RedisTokenCacheOptions {
  /** Seals the values, which are credentials. @default they lie in Redis as they are: give Redis a password, and TLS */
  readonly keys?: KeyRing;
  /** When a fetch counts as given up, ms; longer than any fetch takes. @default 30000 */
  readonly fetchMs?: number;
  readonly clock?: Pick<Clock, "now" | "sleep">;
}

const PLACE = { purpose: "token-cache", tenantId: 0 } as const;
const SHORTEST_WAIT_MS = 10;
const LONGEST_WAIT_MS = 200;

/**
 * {@link TokenCache} of all processes on one Redis: each value is fetched once for all of them.
 *
 * While Redis is away, or loses its data, each process fetches for itself. Values are kept in the process too, so that a
 * live one takes no round trip; one that was expired elsewhere is found out by its refusal.
 */
export function redisTokenCache(redis: RedisConnection, options: RedisTokenCacheOptions = {}): TokenCache {
  const { keys, fetchMs = 30_000, clock = systemClock } = options;
  const kept = new Map<string, CachedValue>();
  const entered = new Map<string, Promise<CachedValue>>();
  const caller = randomUUID();
  const sealed = (value: string) => keys?.seal(PLACE, value) ?? value;

  /** Nothing for what another secret sealed. */
  function opened(value: string): string | undefined {
    try {
      return keys ? keys.open(PLACE, value) : value;
    } catch {
      return undefined;
    }
  }

  async function bring(key: string, fetch: () => Promise<CachedValue>): Promise<CachedValue> {
    for (let wait = SHORTEST_WAIT_MS; ; wait = Math.min(2 * wait, LONGEST_WAIT_MS)) {
      const [told, ...facts] = await enter(key);
      if (told === "value" && facts[0] !== undefined) {
        const value = opened(facts[0]);
        return value === undefined ? fetch() : { value, expiresAt: Number(facts[1]) };
      }
      if (told === "fetch") return fetchForAll(key, fetch);
      if (told !== "wait") return fetch();
      await clock.sleep(Math.min(wait, Number(facts[0])));
    }
  }

  /** What Redis says; nothing while it is away. */
  async function enter(key: string): Promise<readonly string[]> {
    try {
      const answer = await redis.run(ENTER, `token:${key}`, [clock.now(), caller, fetchMs]);
      return Array.isArray(answer) ? answer.map(String) : [];
    } catch {
      return [];
    }
  }

  async function fetchForAll(key: string, fetch: () => Promise<CachedValue>): Promise<CachedValue> {
    const tell = (...facts: readonly (string | number)[]) =>
      // Untold, the others fetch by themselves after a while.
      redis.run(KEEP, `token:${key}`, [caller, ...facts]).catch(() => {});
    try {
      const { value, expiresAt } = await fetch();
      await tell(sealed(value), expiresAt, hashOf(value), expiresAt - clock.now());
      return { value, expiresAt };
    } catch (error) {
      await tell("");
      throw error;
    }
  }

  return {
    async getOrFetch(key, fetch) {
      const live = kept.get(key);
      if (live && clock.now() < live.expiresAt) return live.value;
      let pending = entered.get(key);
      if (!pending) {
        pending = bring(key, fetch)
          .then((value) => {
            kept.set(key, value);
            return value;
          })
          .finally(() => entered.delete(key));
        entered.set(key, pending);
      }
      return (await pending).value;
    },
    async expire(key, value) {
      if (kept.get(key)?.value === value) kept.delete(key);
      await redis.run(EXPIRE, `token:${key}`, [hashOf(value)]).catch(() => {});
    },
  };
}

function hashOf(value: string): string {
  return createHash("sha256").update(value).digest("hex");
}
