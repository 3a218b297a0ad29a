import type { Request, RequestHandler, Response } from "express";
import { HttpError } from "./http-error.js";

/** Counts a request. @throws {HttpError} 429 `http.too-many-requests` with `Retry-After` */
export type CountRequest = (request: Request, response: Response) => Promise<void>;

/** Limits by kind of caller; null: none. */
export interface RateLimits {
  /** Logins, by address. */
  readonly login: CountRequest | null;
  /** Everybody else without a session, by address. */
  readonly visitor: CountRequest | null;
  /** Callers with a session or an API key, by that. */
  readonly session: CountRequest | null;
  /** Probes of process managers. */
  readonly probe: null;
}

/** No limits at all. */
export const NO_LIMITS: RateLimits = { login: null, visitor: null, session: null, probe: null };

/** A limiter in the form of Express as a call. */
export function countWith(limiter: RequestHandler): CountRequest {
  return (request, response) =>
    new Promise((resolve, reject) => {
      const next = (error?: unknown) => (error === undefined ? resolve() : reject(error));
      Promise.resolve(limiter(request, response, next)).catch(reject);
    });
}

/** The answer to one request too many; the limiter has set `Retry-After`. */
export function refuseExcess(): never {
  throw new HttpError(429, "http.too-many-requests");
}
