import { HttpError } from "@recallkit/http";
import type { Request, RequestHandler, Response } from "express";

/** Makes the limiter of express-rate-limit that counts by a key and refuses by a handler. */
type MakeLimiter = (key: (request: Request) => string, refuse: () => never) => RequestHandler;

/**
 * A limiter that was written for Express as a call: it only looks at the key, and only sets headers.
 *
 * @returns headers for the answer. @throws {HttpError} 429 `http.too-many-requests` with `Retry-After`
 */
export function countWith(make: MakeLimiter): (key: string) => Promise<Readonly<Record<string, string>>> {
  const keys = new WeakMap<object, string>();
  const limiter = make(
    (request) => keys.get(request) ?? "",
    () => {
      throw new HttpError(429, "http.too-many-requests");
    },
  );
  return async (key) => {
    const headers: Record<string, string> = {};
    // Stand-ins: all that the library touches of a request and a response is here.
    const request = {} as Request;
    const response = {
      headersSent: false,
      setHeader: (name: string, value: unknown) => {
        headers[name.toLowerCase()] = String(value);
      },
      append: (name: string, value: unknown) => {
        headers[name.toLowerCase()] = String(value);
      },
    } as unknown as Response;
    keys.set(request, key);
    try {
      await new Promise<void>((resolve, reject) => {
        const next = (error?: unknown) => (error === undefined ? resolve() : reject(error));
        Promise.resolve(limiter(request, response, next)).catch(reject);
      });
    } catch (error) {
      throw error instanceof HttpError ? new HttpError(error.status, error.code, { headers }) : error;
    }
    return headers;
  };
}
