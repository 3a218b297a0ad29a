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
import { apiSendMessage, messageSender } from "./keys.js";

/** What sends messages, and what takes them in, go by; both follow the configuration while the server runs. */
export interface Concurrency {
  /** Slots for calls of providers. */
  readonly pool: ElasticPool;
  /**
   * Lets a request of a tenant in that sends messages; call `end` when it is over.
   *
   * @throws {HttpError} 429 `http.too-many-requests` with `Retry-After`
   */
  admitSend(tenantId: number): Promise<Extract<Permit, { readonly kind: "granted" }>>;
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
  const send = createAdmission("api_send_message", { limiter, clock });
  return {
    pool,
    async admitSend(tenantId) {
      const { qps, concurrent, window } = config.get(apiSendMessage);
      const wide = window && { max: window.max, windowMs: window.window_ms };
      const permit = await send.admit(tenantId, { qps, concurrent, ...(wide && { window: wide }) });
      if (permit.kind === "granted") return permit;
      const seconds = String(Math.ceil(permit.retryAfterMs / 1000));
      throw new HttpError(429, "http.too-many-requests", { headers: { "retry-after": seconds } });
    },
  };
}

export { poolExample, poolSchema, poolShape } from "./pool.js";
