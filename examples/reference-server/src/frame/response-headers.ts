import type { RequestHandler } from "express";
import helmet from "helmet";
import type { Lifecycle } from "./context.js";

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

/** While the server drains, connections end with their answers. */
export function connectionHeaders(lifecycle: Lifecycle): RequestHandler {
  return (_request, response, next) => {
    if (lifecycle.isDraining) response.set("connection", "close");
    next();
  };
}
