import type { Ids } from "@recallkit/core";
import type { RequestHandler } from "express";
import helmet from "helmet";
import type { Lifecycle } from "./context.js";

const REQUEST_ID = /^[\w.-]{1,64}$/;

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

/** Protective headers. Answers that are no pages may load nothing at all; pages put {@link PAGE_POLICY} in its place. */
export function protectiveHeaders({ isProduction }: { readonly isProduction: boolean }): RequestHandler {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"], baseUri: ["'none'"], formAction: ["'none'"] },
    },
    xFrameOptions: { action: "deny" },
    referrerPolicy: { policy: "no-referrer" },
    // Only an installation that is served by https may say so; a shop that tries RecallKit on http must not be locked out.
    strictTransportSecurity: isProduction,
  });
}

/** A request id, the caller's when it is well formed, and no caching. While the server drains, connections end. */
export function responseHeaders(ids: Ids, lifecycle: Lifecycle): RequestHandler {
  return (request, response, next) => {
    const given = request.get("x-request-id");
    response.locals.requestId = given !== undefined && REQUEST_ID.test(given) ? given : ids.next();
    response.set({ "x-request-id": response.locals.requestId, "cache-control": "no-store" });
    if (lifecycle.isDraining) response.set("connection", "close");
    next();
  };
}
