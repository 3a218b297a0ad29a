/** A rate limit of calls to a provider. */
export type RateLimit =
  | {
      /** Token bucket: a steady rate that lets a burst through. */
      readonly kind: "bucket";
      /** Calls at once when nothing was called for a while, ≥ 1. */
      readonly burst: number;
      /** Calls per second, > 0; fractions are fine. */
      readonly perSecond: number;
    }
  | {
      /** Sliding window: never more than `max` calls in any stretch of `windowMs`. */
      readonly kind: "window";
      /** ≥ 1. */
      readonly max: number;
      /** ≥ 1. */
      readonly windowMs: number;
    }
  | {
      /** In flight: never more than `max` calls that were begun and have not ended. */
      readonly kind: "in-flight";
      /** ≥ 1. */
      readonly max: number;
      /** When a call counts as ended whatever happened to its process, ms, ≥ 1. */
      readonly forgottenAfterMs: number;
    };

/** Leave to make a call, or when to ask again. */
export type Permit =
  | {
      readonly kind: "granted";
      /** Tells that the call has ended. Only calls in flight need it; it may be called twice. */
      end(): Promise<void>;
    }
  | {
      readonly kind: "refused";
      /** Not before this many ms has it a chance; ≥ 1. */
      readonly retryAfterMs: number;
    };

/** Counts calls to providers, over all processes that share the limiter. */
export interface RateLimiter {
  /**
   * Takes one call out of a limit, at once or not at all.
   *
   * @param key names what is limited, for example account and path; never holds a secret. Calls of a key and kind are counted
   *   together; other numbers hold from the next call on.
   */
  take(key: string, limit: RateLimit): Promise<Permit>;
}
