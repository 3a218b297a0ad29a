/** Names one request of a caller: the caller's key within a tenant and a route. */
export interface IdempotencyKey {
  /** The merchant whose caller sent it. */
  readonly tenantId: number;
  /** For example `POST /wechatpush/create`. */
  readonly route: string;
  /** The caller's `Idempotency-Key`, 1 … 255 printable ASCII characters. */
  readonly key: string;
}

/** An answer that is kept for repeats. */
export interface StoredAnswer {
  /** HTTP status of the answer. */
  readonly status: number;
  /** The body's text. */
  readonly body: string;
}

/** What `begin` found. */
export type IdempotencyClaim =
  /** The key is new, or its row had expired: do the work. */
  | { readonly kind: "started" }
  /** Somebody began with the same request and holds the key until `lockedUntil`. */
  | { readonly kind: "running"; readonly lockedUntil: number }
  /** Somebody began, never finished, and its time is over: the caller decides whether the work may be repeated. */
  | { readonly kind: "abandoned" }
  | { readonly kind: "finished"; readonly answer: StoredAnswer }
  /** The key was used for another request. */
  | { readonly kind: "mismatch" };

/** Requests by the caller's key, so that a repeat gets the first answer. */
export interface IdempotencyStore {
  /**
   * Claims a key for a request. Exactly one of several concurrent callers gets `started`.
   *
   * @param request `fingerprint`: hash of the request; `lockedUntil`: how long the work may take; `expiresAt`: when the row may go
   */
  begin(
    key: IdempotencyKey,
    request: {
      readonly fingerprint: string;
      readonly now: number;
      readonly lockedUntil: number;
      readonly expiresAt: number;
    },
  ): Promise<IdempotencyClaim>;
  /** Takes over an abandoned key. @returns false: somebody else did, or it was finished */
  resume(key: IdempotencyKey, request: { readonly now: number; readonly lockedUntil: number }): Promise<boolean>;
  /** Keeps the answer. @returns false: the key is not held any more */
  finish(key: IdempotencyKey, answer: StoredAnswer): Promise<boolean>;
  /** Forgets a key that has no answer, so that a corrected request may use it. */
  release(key: IdempotencyKey): Promise<void>;
  /** Removes rows of all tenants that expired before `now`, at most `limit`. @returns rows removed */
  purge(now: number, limit: number): Promise<number>;
}
