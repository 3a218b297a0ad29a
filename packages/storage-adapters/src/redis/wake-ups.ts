import { randomUUID } from "node:crypto";
import type { WakeUps } from "@recallkit/core/ports";
import { type RedisConnection, redisScript } from "./connection.js";

const TELL = redisScript("return redis.call('PUBLISH', KEYS[1], ARGV[1])");

/** Wake-ups of all processes on one Redis, by publish and subscribe. What is lost while Redis is away is found by polling. */
export function redisWakeUps(redis: RedisConnection, name = "wake"): WakeUps {
  // Tells this process's own announcements from those of others.
  const own = randomUUID();
  return {
    async announce() {
      await redis.run(TELL, name, [own]).catch(() => {});
    },
    listen: (onAnnounced) =>
      redis.subscribe(name, (text) => {
        if (text !== own) onAnnounced();
      }),
  };
}
