import { parse as parseQuery } from "node:querystring";
import type { AsyncScope } from "@recallkit/core/ports";
import type { Caller } from "./caller.js";
import { asReply, changeOnce, isChanging, type RecordChange, statusOf } from "./change-once.js";
import { type Composition, compose } from "./compose.js";
import type { HttpContext } from "./context.js";
import { errorText } from "./error-answer.js";
import { HttpError } from "./http-error.js";
import type { Module } from "./module.js";
import { basePathOf, pathBelow } from "./path-below.js";
import { NO_LIMITS, type RateLimits } from "./rate-limits.js";
import { inputOf, keyOf } from "./request-input.js";
import type { Call, Reply, Route, RouteFacts } from "./route.js";
import type { Found } from "./router.js";
import { type Language, preferredLanguage } from "./texts/language.js";
import { type TraceContext, traceOf } from "./trace-context.js";
import type { Answer, Visit } from "./visit.js";

/** What {@link createFrame} takes. */
export interface FrameOptions<C extends HttpContext, S extends Caller> {
  readonly modules: readonly Module<C, S>[];
  readonly context: C;
  /** Finds who calls; null for nobody. */
  readonly authenticate: (visit: Visit, context: C) => Promise<S | null>;
  /** Where the routes begin in the paths that arrive. @default "/" */
  readonly basePath?: string;
  /** @default none */
  readonly rates?: RateLimits<S>;
  /** Holds the trace of a request while it is answered, for whoever calls others meanwhile. @default traces are not kept */
  readonly traces?: AsyncScope<TraceContext>;
  /** A caller's address as lines of the log show it; undefined leaves it out. @default it is left out */
  readonly addressInLog?: (ip: string) => string | undefined;
}

/** Modules that answer requests, of whatever server. */
export interface Frame {
  /** Where the routes begin, `""` for the root. */
  readonly basePath: string;
  /** Whether a path, with or without a query, is this app's to answer; a host's other routes are not. */
  owns(url: string | undefined): boolean;
  /** Answers every request, also with an error; never rejects. */
  answer(visit: Visit): Promise<Answer>;
}

const REQUEST_ID = /^[\w.-]{1,64}$/;

/** What becomes known of a request on its way. */
interface Trail<C extends HttpContext, S extends Caller> {
  readonly requestId: string;
  readonly language: Language;
  readonly headers: Record<string, string>;
  route?: Route<C, S>;
  session?: S;
}

/**
 * Puts modules into one app.
 *
 * @throws {ConfigError} `config.invalid` for `modules` or `basePath`
 */
export function createFrame<C extends HttpContext, S extends Caller>(options: FrameOptions<C, S>): Frame {
  const { context, traces, addressInLog } = options;
  const { clock, ids, logger } = context;
  const basePath = basePathOf(options.basePath ?? "", "basePath");
  const composition = compose(options.modules);
  const { texts, envelopeOf } = composition;
  const work = worker(composition, options);

  return {
    basePath,
    owns(url = "/") {
      const below = pathBelow(basePath, url.split("?", 1)[0] ?? "/");
      return below !== undefined && composition.owns(below);
    },
    async answer(visit) {
      const startedAt = clock.now();
      const given = visit.header("x-request-id");
      const requestId = given !== undefined && REQUEST_ID.test(given) ? given : ids.next();
      const language = preferredLanguage(visit.header("accept-language"));
      const trail: Trail<C, S> = {
        requestId,
        language,
        headers: { "x-request-id": requestId, "cache-control": "no-store" },
      };
      const below = pathBelow(basePath, visit.path);
      const trace = traces && traceOf(visit, ids);
      const working = trace ? traces.run(trace, () => work(visit, below, trail)) : work(visit, below, trail);
      const answer = await working.catch((error: unknown) => {
        const envelope = envelopeOf(below ?? "/");
        const { status, headers, contentType, text } = errorText(error, {
          envelope,
          texts,
          language,
          requestId,
          logger,
        });
        return { status, headers: { ...trail.headers, ...headers, "content-type": contentType }, body: text };
      });
      return {
        ...answer,
        end(isCutShort) {
          const { route, session } = trail;
          const fields = {
            method: visit.method,
            // The route's pattern and not its path, which may hold a token.
            route: route?.path ?? null,
            status: answer.status,
            ms: clock.now() - startedAt,
            requestId,
            ...addressField(addressInLog?.(visit.ip)),
            ...(trace && { traceId: trace.traceId, spanId: trace.spanId }),
            ...(session && { tenantId: session.tenantId, actor: session.actor }),
            ...(isCutShort && { isCutShort: true }),
          };
          // Machines ask probes all the time.
          if (route?.limit === "probe") logger.debug("http.request", fields);
          else logger.info("http.request", fields);
        },
      };
    },
  };
}

function addressField(ip: string | undefined): { readonly ip?: string } {
  return ip === undefined ? {} : { ip };
}

/** A fault of the caller's, as the route refuses it. */
function refusalOf({ refusal }: RouteFacts, error: unknown): unknown {
  const isTheirs = error instanceof HttpError && error.status < 500;
  return refusal && isTheirs ? new HttpError(refusal.status, refusal.code, { cause: error }) : error;
}

type Written = Pick<Answer, "status" | "headers" | "body">;

/** How a request goes: route, caller, input, handler. */
function worker<C extends HttpContext, S extends Caller>(
  { find, modules, texts }: Composition<C, S>,
  { context, authenticate, rates = NO_LIMITS }: FrameOptions<C, S>,
) {
  const records = modules.flatMap(({ record }) => (record ? [record] : []));
  const record: RecordChange<C, S> = async (route, call) => {
    for (const note of records) await note(route, call);
  };

  /** The caller where the route asks for one; everybody is counted. */
  async function admit(route: Route<C, S>, visit: Visit, trail: Trail<C, S>): Promise<S | undefined> {
    const { ip } = visit;
    if (route.auth === "public") {
      Object.assign(trail.headers, await rates[route.limit ?? "visitor"]?.({ ip }));
      return undefined;
    }
    const session = await authenticate(visit, context);
    if (!session) {
      Object.assign(trail.headers, await rates.visitor?.({ ip }));
      throw new HttpError(401, "auth.required", { headers: { "www-authenticate": "Bearer" } });
    }
    trail.session = session;
    Object.assign(trail.headers, await rates.session?.({ ip, session }));
    if (!session.permissions.has(route.auth)) throw new HttpError(403, "auth.forbidden");
    return session;
  }

  return async (visit: Visit, path: string | undefined, trail: Trail<C, S>): Promise<Written> => {
    const found = path === undefined ? undefined : find(path);
    if (!found || path === undefined) throw new HttpError(404, "http.not-found");
    const route = found.methods.get(visit.method === "HEAD" ? "get" : visit.method.toLowerCase());
    if (!route) return otherMethod(visit, found, trail.headers);
    trail.route = route;
    const session = await admit(route, visit, trail);
    const idempotencyKey = keyOf(route, visit);
    const query = parseQuery(visit.search);
    const parts = { params: found.params, query, language: trail.language };
    const { sent, ...input } = await inputOf(route, visit, parts).catch((error: unknown) => {
      throw refusalOf(route, error);
    });
    const call: Omit<Call<unknown, unknown, unknown, string, C, S>, "session"> = {
      ...input,
      method: visit.method,
      path,
      headers: visit.headers(),
      ip: visit.ip,
      requestId: trail.requestId,
      language: trail.language,
      tell: (issue) => texts.faultMessage(issue, trail.language),
      idempotencyKey,
      context,
    };
    const answer =
      session && isChanging(route)
        ? await changeOnce(route, { ...call, session }, [path, query, sent], record)
        : // Public routes are declared to get no session; the frame's own type of a call cannot tell them apart.
          asReply(await route.handler({ ...call, session: session as S }));
    return written(route, answer, trail.headers);
  };
}

function written<C extends HttpContext, S extends Caller>(
  route: Route<C, S>,
  answer: Reply,
  given: Readonly<Record<string, string>>,
): Written {
  const { headers, body } = answer;
  const isOther = route.produces !== undefined && isText(body);
  const type = isOther ? (headers["content-type"] ?? route.produces) : "application/json";
  return {
    status: statusOf(route, answer),
    headers: { ...given, ...headers, "content-type": type.startsWith("text/") ? `${type}; charset=utf-8` : type },
    body: isOther ? body : JSON.stringify(body),
  };
}

/** True for bodies that are written as they are. */
function isText(body: unknown): body is Answer["body"] {
  if (typeof body === "string" || Buffer.isBuffer(body)) return true;
  return typeof body === "object" && body !== null && Symbol.asyncIterator in body;
}

/** OPTIONS tells the methods of a path, every other one is refused with them. @throws {HttpError} 405 */
function otherMethod<R>(visit: Visit, { methods }: Found<R>, headers: Readonly<Record<string, string>>): Written {
  const names = [...methods.keys()].flatMap((name) => (name === "get" ? ["GET", "HEAD"] : [name.toUpperCase()]));
  const allow = [...names, "OPTIONS"].join(", ");
  if (visit.method !== "OPTIONS") throw new HttpError(405, "http.method-not-allowed", { headers: { allow } });
  return { status: 204, headers: { ...headers, allow }, body: "" };
}
