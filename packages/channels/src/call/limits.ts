import type { RateLimit, RateLimiter } from "@recallkit/core/ports";
import { haltedCall } from "./call-errors.js";

/** Limits of calls that a channel keeps by itself. */
export interface LimitOptions {
  /** Counts calls; shared with other processes by an adapter of Redis or SQL. @default this process alone */
  readonly limiter?: RateLimiter | undefined;
  /** What the account may do; all of them hold. */
  readonly limits?: readonly RateLimit[] | undefined;
}

/** Takes a call out of all limits. @throws {ChannelError} `RATE_LIMITED`, with the wait: nothing was sent */
export async function takeAll(
  channel: string,
  key: string,
  limiter: RateLimiter,
  limits: readonly RateLimit[],
): Promise<void> {
  for (const [at, limit] of limits.entries()) {
    const permit = await limiter.take(`${key}:${at}`, limit);
    if (permit.kind === "granted") continue;
    throw haltedCall(channel, "RATE_LIMITED", "the channel's own limit of calls is reached", {
      retryAfterMs: permit.retryAfterMs,
    });
  }
}
