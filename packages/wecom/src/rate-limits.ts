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

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** Paths with a documented limit of their own. */
const OWN_LIMITS: RateLimits = {
  // 1 000 a day and 3 000 a month; the month can't be counted by a window, so that its breach is WeCom's to tell.
  "media/uploadimg": { kind: "window", max: 1000, windowMs: DAY_MS },
  // https://developer.work.weixin.qq.com/document/path/96909
  get_jsapi_ticket: { kind: "window", max: 400, windowMs: HOUR_MS },
  "ticket/get": { kind: "window", max: 100, windowMs: HOUR_MS },
};

/** Reminders of one message. @see https://developer.work.weixin.qq.com/document/path/97610 */
export const REMINDERS: RateLimit = { kind: "window", max: 3, windowMs: DAY_MS };

/** Messages of one bot. @see https://developer.work.weixin.qq.com/document/path/99110 */
export const BOT_MESSAGES: RateLimit = { kind: "window", max: 20, windowMs: 60_000 };

/** The limit of a path. */
export function rateLimitOf(limits: RateLimits, path: string): RateLimit {
  return limits[path] ?? OWN_LIMITS[path] ?? limits["*"] ?? DEFAULT_RATE_LIMIT;
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
