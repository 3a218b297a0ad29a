export {
  openRedis,
  type RedisClock,
  type RedisConnection,
  type RedisOptions,
  type RedisScript,
  redisScript,
} from "./connection.js";
export { redisLeases } from "./leases.js";
export { type RedisRateLimiterOptions, redisRateLimiter } from "./rate-limiter.js";
export { type RedisTokenCacheOptions, redisTokenCache } from "./token-cache.js";
export { redisWakeUps } from "./wake-ups.js";
