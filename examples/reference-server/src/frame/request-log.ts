import type { Clock, Logger } from "@recallkit/core";
import type { RequestHandler } from "express";
import { actorOf, type Session } from "./route.js";

/** Routes that machines ask all the time. */
const QUIET = new Set(["/healthz", "/readyz", "/health"]);

/** One line per answer: the route's pattern and not its path, which may hold a token. */
export function requestLog(logger: Logger, clock: Clock): RequestHandler {
  return (request, response, next) => {
    const startedAt = clock.now();
    response.on("close", () => {
      const route: unknown = response.locals.route;
      const session: Session | undefined = response.locals.session;
      const fields = {
        method: request.method,
        route: typeof route === "string" ? route : null,
        status: response.statusCode,
        ms: clock.now() - startedAt,
        requestId: String(response.locals.requestId),
        ...(session && { tenantId: session.tenantId, actor: actorOf(session) }),
        ...(!response.writableFinished && { isCutShort: true }),
      };
      if (typeof route === "string" && QUIET.has(route)) logger.debug("http.request", fields);
      else logger.info("http.request", fields);
    });
    next();
  };
}
