import type { Clock } from "@recallkit/core";
import type { KeyRing, Leases, RateLimiter, TokenCache, WakeUps } from "@recallkit/core/ports";
import {
  openRedis,
  redisLeases,
  redisRateLimiter,
  redisTokenCache,
  redisWakeUps,
} from "@recallkit/storage-adapters/redis";

/** What the processes of one installation share beside the database. */
export interface SharedState {
  /** Access tokens and media ids, sealed. */
  readonly tokenCache: TokenCache;
  /** Calls per account and path of a provider. */
  readonly rateLimiter: RateLimiter;
  /** Who hands alarms on, and who removes what has outlived its time. */
  readonly leases: Leases;
  /** Who changed the configuration. */
  readonly wakeUps: WakeUps;
  /** Whether Redis answers at present; without it every process counts and remembers by itself. */
  readonly isConnected: boolean;
  close(): Promise<void>;
}

/** Shares by Redis; undefined without one: each process then counts and remembers by itself. */
export async function openSharedState(
  redisUrl: string | undefined,
  { keys, clock }: { readonly keys: KeyRing; readonly clock: Clock },
): Promise<SharedState | undefined> {
  if (redisUrl === undefined) return undefined;
  const redis = await openRedis({ url: redisUrl });
  return {
    tokenCache: redisTokenCache(redis, { keys, clock }),
    rateLimiter: redisRateLimiter(redis, { clock }),
    leases: redisLeases(redis, { clock }),
    wakeUps: redisWakeUps(redis, "config"),
    get isConnected() {
      return redis.isConnected;
    },
    close: () => redis.close(),
  };
}
