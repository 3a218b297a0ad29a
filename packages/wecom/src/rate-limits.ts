import { ConfigError } from "@recallkit/core";
import type { RateLimit } from "@recallkit/core/ports";
import * as z from "zod";

/** Limits of calls per account, by path below `/cgi-bin/`; `"*"` is that of every path without its own. */
export type RateLimits = Readonly<Record<string, RateLimit>>;

/**
 * What WeCom allows every corp for each path is 10 000 calls a minute and 150 000 an hour; who exceeds them is shut out for a
 * minute, or an hour. This stays below both: at most 3 400 in a minute and 145 000 in an hour.
 *
 * @see https://developer.work.weixin.qq.com/document/path/90454
 */
export const DEFAULT_RATE_LIMIT: RateLimit = { kind: "bucket", burst: 1000, perSecond: 40 };

/** The limit of a path. */
export function rateLimitOf(limits: RateLimits, path: string): RateLimit {
  return limits[path] ?? limits["*"] ?? DEFAULT_RATE_LIMIT;
}

const count = z.int().min(1);
const limitSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("bucket"), burst: count, perSecond: z.number().positive() }),
  z.strictObject({ kind: z.literal("window"), max: count, windowMs: count }),
  z.strictObject({ kind: z.literal("in-flight"), max: count, forgottenAfterMs: count }),
]);

/** @throws {ConfigError} `config.invalid` names the path whose limit is none */
export function checkedRateLimits(limits: RateLimits = {}): RateLimits {
  const wrong = Object.keys(limits).find((path) => !limitSchema.safeParse(limits[path]).success);
  if (wrong === undefined) return limits;
  throw new ConfigError("config.invalid", `rateLimits.${wrong}`, `rateLimits.${wrong} is no rate limit`);
}
