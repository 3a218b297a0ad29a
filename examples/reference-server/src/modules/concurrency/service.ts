import type { Clock } from "@recallkit/core";
import {
  createAdmission,
  createElasticPool,
  type ElasticPool,
  memoryRateLimiter,
  type Permit,
  type RateLimiter,
} from "@recallkit/core/ports";
import { HttpError } from "@recallkit/http";
import type { HotConfig } from "../../frame/config-key.js";
import { apiSendMessage, DEFAULT_BACKLOG, messageSender } from "./keys.js";

/** What sends messages, and what takes them in, go by; both follow the configuration while the server runs. */
export interface Concurrency {
  /** Slots for calls of providers. */
  readonly pool: ElasticPool;
  /**
   * Lets a request of a tenant in that sends messages; call `end` when it is over.
   *
   * @param waiting counts the tenant's messages that wait; asked at most once a second
   * @throws {HttpError} 429 `http.too-many-requests` or `message.backlog-full`, with `Retry-After`
   */
  admitSend(tenantId: number, waiting: () => Promise<number>): Promise<Extract<Permit, { readonly kind: "granted" }>>;
}

/** Opens what the configuration says. @param limiter shared by the processes; without it each counts by itself */
export function openConcurrency(
  config: HotConfig,
  {
    clock,
    limiter = memoryRateLimiter({ clock }),
  }: { readonly clock: Clock; readonly limiter?: RateLimiter | undefined },
): Concurrency {
  const settings = () => {
    const value = config.get(messageSender);
    return {
      coreSize: value.core_pool_size,
      maxSize: value.max_pool_size,
      scaleUpThreshold: value.scale_up_threshold,
      scaleDownThreshold: value.scale_down_threshold,
    };
  };
  const pool = createElasticPool(settings(), { clock });
  config.watch(messageSender, () => pool.configure(settings()));
  const backlogs = countedBacklogs(clock);
  const send = createAdmission("api_send_message", { limiter, clock });
  return {
    pool,
    async admitSend(tenantId, waiting) {
      const { qps, concurrent, window, backlog = DEFAULT_BACKLOG } = config.get(apiSendMessage);
      if ((await backlogs.count(tenantId, waiting)) >= backlog) {
        throw new HttpError(429, "message.backlog-full", { headers: { "retry-after": BACKLOG_RETRY_S } });
      }
      const wide = window && { max: window.max, windowMs: window.window_ms };
      const permit = await send.admit(tenantId, { qps, concurrent, ...(wide && { window: wide }) });
      if (permit.kind === "granted") return permit;
      const seconds = String(Math.ceil(permit.retryAfterMs / 1000));
      throw new HttpError(429, "http.too-many-requests", { headers: { "retry-after": seconds } });
    },
  };
}

const BACKLOG_RETRY_S = "5";
/** A count is good for so long: the bound is a dam and not a fence. */
const COUNTED_FOR_MS = 1000;
/** Counts are forgotten from so many tenants on. */
const MOST_COUNTS = 10_000;

/** How much waits by tenant, counted once a second at most: a count walks over what waits. */
function countedBacklogs({ monotonic }: Pick<Clock, "monotonic">) {
  const counts = new Map<number, { readonly until: number; readonly count: Promise<number> }>();
  return {
    count(tenantId: number, waiting: () => Promise<number>): Promise<number> {
      const now = monotonic();
      const known = counts.get(tenantId);
      if (known && known.until > now) return known.count;
      if (counts.size >= MOST_COUNTS) counts.clear();
      const count = waiting();
      counts.set(tenantId, { until: now + COUNTED_FOR_MS, count });
      count.catch(() => counts.delete(tenantId));
      return count;
    },
  };
}

export { poolExample, poolSchema, poolShape } from "./pool.js";
