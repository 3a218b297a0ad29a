import type { Ids } from "@recallkit/core";
import type { RequestHandler } from "express";

const REQUEST_ID = /^[\w.-]{1,64}$/;

/** Policy of answers that are no pages: nothing in them may load or be framed. */
const NOTHING = "default-src 'none'; frame-ancestors 'none'";

/** Content policy of our pages: their own files only, inline styles, images as data. */
export const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "worker-src 'self' blob:",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join("; ");

/** Headers of every answer, and a request id: the caller's when it is well formed, else a new one. */
export function responseHeaders(ids: Ids): RequestHandler {
  return (request, response, next) => {
    const given = request.get("x-request-id");
    response.locals.requestId = given !== undefined && REQUEST_ID.test(given) ? given : ids.next();
    response.set({
      "x-request-id": response.locals.requestId,
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
      "referrer-policy": "no-referrer",
      "content-security-policy": NOTHING,
      "cache-control": "no-store",
    });
    next();
  };
}
