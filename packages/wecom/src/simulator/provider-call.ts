import type { IncomingMessage, ServerResponse } from "node:http";
import type { Call } from "./call.js";
import { settle } from "./confirm.js";
import { errorReply, RefusedCall } from "./errors.js";
import type { Fault, FaultSource } from "./faults.js";
import { stableHash } from "./hash.js";
import type { HeldCalls } from "./held-calls.js";
import { recordCall } from "./ledger.js";
import { readBody } from "./request-body.js";
import { isDownload, resetConnection, sendFile, sendJson, sendText, whenClosed } from "./respond.js";
import { type Route, routes } from "./routes.js";
import type { World } from "./state.js";
import { expireToken, revokeToken } from "./token.js";

/** What a provider call needs besides the request. */
export interface ProviderContext {
  readonly world: World;
  readonly faults: FaultSource;
  readonly held: HeldCalls;
}

type Reply = Record<string, unknown> & { readonly errcode: number };

/** One received call; `perform` gives it its effect, `refuse` answers a code without any. Both write it down. */
interface Exchange {
  readonly fault: Fault | undefined;
  readonly response: ServerResponse;
  perform(): Reply;
  refuse(errcode: number): Reply;
  /** Writes down that the call had no effect and no answer of the provider's own. */
  drop(): void;
}

/** Answers a call under `/cgi-bin/`: 404 for an unknown path, 413 for too long a body, else HTTP 200 with JSON. */
export async function answerProviderCall(
  { world, faults, held }: ProviderContext,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): Promise<void> {
  const path = url.pathname;
  const route = routes.get(path);
  if (route === undefined) {
    request.resume();
    return sendText(response, "404 Not Found", "text/plain; charset=UTF-8", 404);
  }
  const body = await readBody(request, route.maxBytes);
  if (body === undefined) return sendText(response, "413 Request Entity Too Large", "text/plain; charset=UTF-8", 413);

  const fault = faults.take(path);
  const record = (errcode: number | undefined): void =>
    recordCall(world, { at: world.now(), path, corpId: corpIdOf(world, url), errcode, fault: fault?.kind });
  const exchange: Exchange = {
    fault,
    response,
    perform() {
      const now = world.now();
      settle(world, now);
      if (fault?.kind === "expire-token") expireToken(world, url.searchParams, now);
      if (fault?.kind === "revoke-token") revokeToken(world, url.searchParams);
      const contentType = request.headers["content-type"] ?? "";
      const query = url.searchParams;
      const ip = request.socket.remoteAddress ?? "127.0.0.1";
      const reply = runRoute(route, request.method, { world, path, ip, query, contentType, body, now, fault });
      record(reply.errcode);
      return reply;
    },
    refuse(errcode) {
      record(errcode);
      return failure(world, new RefusedCall(errcode));
    },
    drop: () => record(undefined),
  };
  if (fault === undefined) sendReply(response, exchange.perform());
  else await strike(fault, exchange, held);
}

/** Answers a call as its fault wants it. */
async function strike(fault: Fault, exchange: Exchange, held: HeldCalls): Promise<void> {
  const { response } = exchange;
  switch (fault.kind) {
    case "reset":
      exchange.drop();
      return resetConnection(response);
    case "accept-then-reset":
      exchange.perform();
      return resetConnection(response);
    case "hang":
      performIf(fault.perform ?? true, exchange);
      return held.hang(whenClosed(response));
    case "late": {
      const early = fault.performLate ? undefined : exchange.perform();
      await held.delay(fault.delayMs, whenClosed(response));
      return sendJson(response, early ?? exchange.perform());
    }
    case "html":
      performIf(fault.perform, exchange);
      return sendText(response, "<html><body><h1>502 Bad Gateway</h1></body></html>", "text/html");
    case "500":
      performIf(fault.perform, exchange);
      return sendText(response, "", "text/plain", 500);
    case "bad-json":
      performIf(fault.perform, exchange);
      return sendText(response, '{"errcode":0,"errmsg":"ok","msgid":"msg', "application/json; charset=UTF-8");
    case "busy":
      // A performed "busy" is the nasty case: an effect, and an answer that denies it.
      if (fault.perform) exchange.perform();
      return sendJson(response, exchange.refuse(-1));
    case "45009":
    case "45033":
      return sendJson(response, exchange.refuse(Number(fault.kind)));
    case "error":
      return sendJson(response, exchange.refuse(fault.errcode));
    case "lose-msgid": {
      const { msgid: _lost, ...rest } = exchange.perform();
      return sendJson(response, rest);
    }
    case "strangers": {
      const reply = exchange.perform();
      const failList = Array.isArray(reply.fail_list) ? reply.fail_list : undefined;
      const strangers = fault.ids ?? ["wmStrangerAAAAAAAAAAAAAAAAAAAAAAA"];
      return sendJson(response, failList === undefined ? reply : { ...reply, fail_list: [...failList, ...strangers] });
    }
    case "partial-fail-list":
    case "expire-token":
    case "revoke-token":
      return sendReply(response, exchange.perform());
  }
}

/** A file as bytes, everything else as JSON. */
function sendReply(response: ServerResponse, reply: Reply): void {
  const { download } = reply;
  if (isDownload(download)) sendFile(response, download);
  else sendJson(response, reply);
}

function performIf(wanted: boolean | undefined, exchange: Exchange): void {
  if (wanted) exchange.perform();
  else exchange.drop();
}

function runRoute(route: Route, method: string | undefined, call: Call): Reply {
  try {
    // The provider reads parameters only where the right method puts them, so a wrong one is a bad parameter.
    if (method !== route.method) throw new RefusedCall(40058, `invalid request method, ${route.method} expected`);
    return { errcode: 0, errmsg: "ok", ...route.run(call) };
  } catch (error) {
    if (error instanceof RefusedCall) return failure(call.world, error);
    throw error;
  }
}

function failure(world: World, { errcode, message }: RefusedCall): Reply {
  const hint = String(10_000_000_000 + stableHash(`${world.now()}|${world.calls.length}`));
  return errorReply(errcode, message, hint, "127.0.0.1");
}

function corpIdOf(world: World, url: URL): string | undefined {
  const token = world.tokens.get(url.searchParams.get("access_token") ?? "");
  return token?.app.corp.corpId ?? url.searchParams.get("corpid") ?? undefined;
}
