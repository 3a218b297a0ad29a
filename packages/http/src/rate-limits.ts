import type { Caller } from "./caller.js";

/**
 * Counts a request.
 *
 * @returns headers for the answer, for example how many are left
 * @throws {HttpError} 429 `http.too-many-requests` with `Retry-After`
 */
export type CountRequest<S extends Caller = Caller> = (who: {
  readonly ip: string;
  /** Absent while nobody is known. */
  readonly session?: S;
}) => Promise<Readonly<Record<string, string>>>;

/** Limits by kind of caller; null: none. */
export interface RateLimits<S extends Caller = Caller> {
  /** Logins, by address. */
  readonly login: CountRequest<S> | null;
  /** Everybody else without a session, by address. */
  readonly visitor: CountRequest<S> | null;
  /** Callers who are known, by that. */
  readonly session: CountRequest<S> | null;
  /** Providers that tell what became of messages, by address; each of their requests brings many facts. @default null */
  readonly callback?: CountRequest<S> | null;
  /** Probes of process managers. */
  readonly probe: null;
}

/** No limits at all. */
export const NO_LIMITS: RateLimits = { login: null, visitor: null, session: null, probe: null };
