import type { InputIssue } from "@recallkit/core";
import type { Express, Request, RequestHandler, Response } from "express";
import type { z } from "zod";
import type { ServerContext } from "./context.js";
import { languageOf, sendBytes } from "./error-answer.js";
import { HttpError } from "./http-error.js";
import { parseWith } from "./input-faults.js";
import type { Language } from "./language.js";
import { readBody } from "./request-body.js";
import { isReply, type Route, reply, type Session } from "./route.js";

/** Finds the session of a bearer token; undefined for one that is wrong, expired or revoked. */
export type Authenticate = (token: string, context: ServerContext) => Promise<Session | undefined>;

/** Wires routes into Express. A known path with another method answers 405. */
export function mountRoutes(
  app: Express,
  context: ServerContext,
  options: { readonly routes: readonly Route[]; readonly authenticate: Authenticate },
): void {
  const methods = new Map<string, string[]>();
  for (const route of options.routes) {
    app[route.method](route.path, answerWith(route, context, options.authenticate));
    const allowed = methods.get(route.path) ?? [];
    allowed.push(...(route.method === "get" ? ["GET", "HEAD"] : [route.method.toUpperCase()]));
    methods.set(route.path, allowed);
  }
  for (const [path, allowed] of methods) app.all(path, refuseMethod(allowed));
}

function answerWith(route: Route, context: ServerContext, authenticate: Authenticate): RequestHandler {
  return async (request, response) => {
    const session = route.auth === "public" ? undefined : await sessionOf(request, context, authenticate);
    if (route.auth !== "public" && !session?.permissions.has(route.auth)) throw new HttpError(403, "auth.forbidden");
    const input = await inputOf(route, request, response);
    const { headers, ip = "" } = request;
    const requestId = String(response.locals.requestId);
    const answer = await route.handler({ ...input, headers, ip, requestId, session, context });
    send(route, response, answer);
  };
}

async function sessionOf(request: Request, context: ServerContext, authenticate: Authenticate): Promise<Session> {
  const token = /^Bearer +([\w-]{16,128})$/i.exec(request.get("authorization") ?? "")?.[1];
  const session = token === undefined ? undefined : await authenticate(token, context);
  if (!session) throw new HttpError(401, "auth.required", { headers: { "www-authenticate": "Bearer" } });
  return session;
}

/** Every part of the request against its schema, all faults at once. */
async function inputOf(route: Route, request: Request, response: Response) {
  const language = languageOf(request);
  const { body, query, params } = route.request ?? {};
  const read = body ? await readBody(request, response) : undefined;
  const issues: InputIssue[] = [];
  const input = {
    params: part(params, request.params, language, issues),
    query: part(query, request.query, language, issues),
    body: part(body, read, language, issues),
  };
  if (issues.length > 0) throw new HttpError(400, "input.invalid", { issues });
  return input;
}

function part(schema: z.ZodType | undefined, value: unknown, language: Language, issues: InputIssue[]): unknown {
  if (!schema) return undefined;
  const parsed = parseWith(schema, value, language);
  if ("value" in parsed) return parsed.value;
  issues.push(...parsed.issues);
  return undefined;
}

function send(route: Route, response: Response, answer: unknown): void {
  const { status = route.status ?? 200, headers, body } = isReply(answer) ? answer : reply(answer);
  response.status(status).set(headers);
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
