import type { Clock } from "../clock.js";
import type { Permit, RateLimiter } from "../ports/rate-limiter.js";
import { createFairShare } from "./fair-share.js";

/** How much may come in, of all tenants together. */
export interface AdmissionLimits {
  /** Calls per second, > 0; so many may come at once after a calm second. */
  readonly qps: number;
  /** Calls under way, ≥ 1. */
  readonly concurrent: number;
  /** No more than so many calls in any stretch of time, beside `qps`. @default no such limit */
  readonly window?: { readonly max: number; readonly windowMs: number } | undefined;
}

/** Lets calls in, or says when to come again. */
export interface Admission {
  /** Call `end` of what is granted when the call is over. Under load every tenant has an equal part, as far as it asks for it. */
  admit(tenantId: number, limits: AdmissionLimits): Promise<Permit>;
}

/** A call that goes on for longer is not counted any more, ms. */
const FORGOTTEN_AFTER_MS = 60_000;
const REFUSED_FOR_MS = 100;

/**
 * Admission by a name: processes that share the limiter share its limits. Fairness is each process's own.
 *
 * @param name what is limited; the limits may change from call to call
 */
export function createAdmission(
  name: string,
  { limiter, clock }: { readonly limiter: RateLimiter; readonly clock: Pick<Clock, "monotonic"> },
): Admission {
  const share = createFairShare({ clock });
  return {
    async admit(tenantId, { qps, concurrent, window }) {
      if (!share.mayTake(tenantId, qps)) return { kind: "refused", retryAfterMs: REFUSED_FOR_MS };
      const slot = await limiter.take(`${name}:concurrent`, {
        kind: "in-flight",
        max: concurrent,
        forgottenAfterMs: FORGOTTEN_AFTER_MS,
      });
      // A slot comes free when a call ends, and not when one is forgotten.
      if (slot.kind === "refused") return { ...slot, retryAfterMs: Math.min(slot.retryAfterMs, REFUSED_FOR_MS) };
      const burst = Math.max(1, Math.ceil(qps));
      const rate = await limiter.take(`${name}:qps`, { kind: "bucket", burst, perSecond: qps });
      const permit =
        rate.kind === "granted" && window ? await limiter.take(`${name}:window`, { kind: "window", ...window }) : rate;
      if (permit.kind === "refused") {
        await slot.end();
        return permit;
      }
      share.took(tenantId);
      return slot;
    },
  };
}
