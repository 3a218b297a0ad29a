import type { ServerResponse } from "node:http";
import type { Frame } from "../frame.js";
import { writeAnswer } from "../node/node-handler.js";
import { type NodeRequest, nodeVisit } from "../node/node-visit.js";

/** The part of Express's request that is asked for; 4 and 5 have it. */
export type ExpressRequest = NodeRequest & {
  /** Where the app is mounted; Express has taken it off `url`. */
  readonly baseUrl?: string;
  /** The caller's address, as far as `trust proxy` lets proxies tell it. */
  readonly ip?: string | undefined;
};

/** What {@link toExpress} takes. */
export interface ExpressOptions {
  /** Answers unknown paths with 404 itself instead of handing them on. @default false */
  readonly isLast?: boolean;
}

/** Middleware of Express. */
export type ExpressHandler = (request: ExpressRequest, response: ServerResponse, next: () => void) => void;

/**
 * The app for `use` of Express. Mounted under a path, which Express takes off, the app's base path may repeat that path or
 * be left out.
 */
export function toExpress(app: Frame, { isLast = false }: ExpressOptions = {}): ExpressHandler {
  return (request, response, next) => {
    const url = urlOf(app, request);
    if (!isLast && !app.owns(url)) return next();
    const visit = nodeVisit(request, { url, ip: request.ip ?? request.socket.remoteAddress ?? "" });
    void app.answer(visit).then((answer) => writeAnswer(response, answer));
  };
}

/** Path and query with the app's base path, whoever has taken it off. */
function urlOf({ basePath }: Frame, { baseUrl = "", url = "/" }: ExpressRequest): string {
  if (baseUrl === "") return url;
  const whole = baseUrl + url;
  const isRepeated = basePath !== "" && (whole === basePath || /^[/?]/.test(whole.slice(basePath.length)));
  return isRepeated && whole.startsWith(basePath) ? whole : basePath + url;
}
