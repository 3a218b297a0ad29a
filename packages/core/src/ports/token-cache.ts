/** A value of a provider that dies by itself: an access token, a media id. */
export interface CachedValue {
  /** The secret that is kept. */
  readonly value: string;
  /** Epoch ms from which on it is not used any more (margins already taken off). */
  readonly expiresAt: number;
}

/**
 * Keeps values that expire, and fetches each at most once at a time.
 *
 * Keys never hold a secret.
 */
export interface TokenCache {
  /** The live value, or the one that `fetch` brings; concurrent callers of one key share one fetch. A failed fetch is not kept. */
  getOrFetch(key: string, fetch: () => Promise<CachedValue>): Promise<string>;
  /** Drops the value of `key` only if it still is `value`, so that a fresh one fetched meanwhile survives. */
  expire(key: string, value: string): Promise<void>;
}
