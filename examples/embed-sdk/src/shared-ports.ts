import { openRedis, redisLeases, redisRateLimiter, redisTokenCache } from "@recallkit/storage-adapters/redis";

/** What several processes share over one Redis, as `redis://127.0.0.1:6379`. */
export async function sharedPorts(url: string) {
  const redis = await openRedis({ url });
  return {
    tokenCache: redisTokenCache(redis), // for wecomChannel({ tokenCache })
    rateLimiter: redisRateLimiter(redis, { fractionWhenAway: 0.5 }), // for wecomChannel({ rateLimiter })
    leases: redisLeases(redis), // for createRecallKit({ leases })
    close: () => redis.close(),
  };
}
