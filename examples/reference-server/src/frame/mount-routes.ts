import type { InputIssue } from "@recallkit/core";
import type { Express, Request, RequestHandler, Response } from "express";
import type * as z from "zod";
import { asReply, changeOnce, isChanging, type RecordChange, statusOf, takesKey } from "./change-once.js";
import type { ServerContext } from "./context.js";
import { languageOf, sendBytes } from "./error-answer.js";
import { HttpError } from "./http-error.js";
import { parseWith } from "./input-faults.js";
import type { Language } from "./language.js";
import type { RateLimits } from "./rate-limits.js";
import { readBody } from "./request-body.js";
import type { Reply, Route, Session } from "./route.js";

/** Finds the session of a bearer token; undefined for one that is wrong, expired or revoked. */
export type Authenticate = (token: string, context: ServerContext) => Promise<Session | undefined>;

/** What routes need beside the server. */
export interface MountOptions {
  readonly routes: readonly Route[];
  readonly authenticate: Authenticate;
  readonly limits: RateLimits;
  readonly record: RecordChange;
}

/** Wires routes into Express. A known path with another method answers 405. */
export function mountRoutes(app: Express, context: ServerContext, options: MountOptions): void {
  const methods = new Map<string, string[]>();
  for (const route of options.routes) {
    app[route.method](route.path, answerWith(route, context, options));
    const allowed = methods.get(route.path) ?? [];
    allowed.push(...(route.method === "get" ? ["GET", "HEAD"] : [route.method.toUpperCase()]));
    methods.set(route.path, allowed);
  }
  for (const [path, allowed] of methods) app.all(path, refuseMethod(allowed));
}

function answerWith(route: Route, context: ServerContext, options: MountOptions): RequestHandler {
  return async (request, response) => {
    response.locals.route = route.path;
    const session = await admit(route, { request, response, context }, options);
    const idempotencyKey = takesKey(route) ? keyOf(request) : undefined;
    const { sent, ...input } = await inputOf(route, request, response);
    const { headers, ip = "" } = request;
    const requestId = String(response.locals.requestId);
    const language = languageOf(request);
    const call = { ...input, headers, ip, requestId, language, idempotencyKey, context };
    if (session && isChanging(route)) {
      const told = [request.path, request.query, sent];
      send(route, response, await changeOnce(route, { ...call, session }, told, options.record));
    } else {
      send(route, response, asReply(await route.handler({ ...call, session })));
    }
  };
}

interface Visit {
  readonly request: Request;
  readonly response: Response;
  readonly context: ServerContext;
}

/** The caller's session where the route asks for one; everybody is counted. */
async function admit(route: Route, visit: Visit, options: MountOptions): Promise<Session | undefined> {
  const { request, response, context } = visit;
  const { limits, authenticate } = options;
  if (route.auth === "public") {
    await limits[route.limit ?? "visitor"]?.(request, response);
    return undefined;
  }
  const token = /^Bearer +([\w-]{16,128})$/i.exec(request.get("authorization") ?? "")?.[1];
  const session = token === undefined ? undefined : await authenticate(token, context);
  if (!session) {
    await limits.visitor?.(request, response);
    throw new HttpError(401, "auth.required", { headers: { "www-authenticate": "Bearer" } });
  }
  response.locals.session = session;
  await limits.session?.(request, response);
  if (!session.permissions.has(route.auth)) throw new HttpError(403, "auth.forbidden");
  return session;
}

/** The caller's own name of a request. @throws {HttpError} 400 when it is not 1 … 255 printable ASCII characters */
function keyOf(request: Request): string | undefined {
  const key = request.get("idempotency-key");
  if (key === undefined || /^[\x21-\x7e][\x20-\x7e]{0,254}$/.test(key)) return key;
  const issue = { path: "Idempotency-Key", code: "http.idempotency-key", message: "" };
  throw new HttpError(400, "input.invalid", { issues: [issue] });
}

/** Every part of the request against its schema, all faults at once. */
async function inputOf(route: Route, request: Request, response: Response) {
  const language = languageOf(request);
  const { body, query, params } = route.request ?? {};
  const sent = body ? await readBody(request, response, route.accepts) : undefined;
  const issues: InputIssue[] = [];
  const input = {
    params: part(params, request.params, language, issues),
    query: part(query, request.query, language, issues),
    body: part(body, sent, language, issues),
  };
  if (issues.length > 0) throw new HttpError(400, "input.invalid", { issues });
  return { ...input, sent: Buffer.isBuffer(sent) ? sent.toString("base64") : sent };
}

function part(schema: z.ZodType | undefined, value: unknown, language: Language, issues: InputIssue[]): unknown {
  if (!schema) return undefined;
  const parsed = parseWith(schema, value, language);
  if ("value" in parsed) return parsed.value;
  issues.push(...parsed.issues);
  return undefined;
}

function send(route: Route, response: Response, answer: Reply): void {
  const { headers, body } = answer;
  response.status(statusOf(route, answer)).set(headers);
  const isText = typeof body === "string" || Buffer.isBuffer(body);
  if (route.produces !== undefined && isText) sendBytes(response, route.produces, body);
  else sendBytes(response, "application/json", JSON.stringify(body));
}

function refuseMethod(allowed: readonly string[]): RequestHandler {
  const allow = [...allowed, "OPTIONS"].join(", ");
  return (request, response) => {
    if (request.method !== "OPTIONS") throw new HttpError(405, "http.method-not-allowed", { headers: { allow } });
    response.status(204).set("allow", allow).end();
  };
}
