import type { Call } from "./call.js";
import { RefusedCall } from "./errors.js";
import type { App, Token, World } from "./state.js";

/**
 * `GET /cgi-bin/gettoken`: the app's token, the same one until it expires.
 *
 * `expires_in` is what is left of it, in whole seconds.
 * @see https://developer.work.weixin.qq.com/document/path/91039
 */
export function getToken({ world, path, query, now }: Call): Record<string, unknown> {
  const app = appOf(world, query);
  world.quota.take(app.corp.corpId, path, now);
  let token = app.token;
  if (token === undefined || token.expiresAt <= now || token.isRevoked) {
    const value = world.ids.next("", 214);
    token = { value, app, issuedAt: now, expiresAt: now + world.tokenTtlMs, isRevoked: false };
    app.token = token;
    world.tokens.set(token.value, token);
  }
  return { access_token: token.value, expires_in: Math.floor((token.expiresAt - now) / 1000) };
}

/**
 * The app that an `access_token` belongs to.
 *
 * @throws {RefusedCall} 41001 missing, 40014 unknown, 42001 expired
 */
export function authorize(world: World, query: URLSearchParams, now: number): App {
  const value = query.get("access_token");
  if (value === null || value === "") throw new RefusedCall(41001);
  const token = world.tokens.get(value);
  if (token === undefined || token.isRevoked) throw new RefusedCall(40014);
  if (token.expiresAt <= now) throw new RefusedCall(42001);
  return token.app;
}

/** Ends the current token of the app that makes this call: it answers 42001 from now on. */
export function expireToken(world: World, query: URLSearchParams, now: number): void {
  const token = callersToken(world, query);
  if (token !== undefined) token.expiresAt = Math.min(token.expiresAt, now);
}

/** Revokes the current token of the app that makes this call: it answers 40014 from now on. */
export function revokeToken(world: World, query: URLSearchParams): void {
  const token = callersToken(world, query);
  if (token !== undefined) token.isRevoked = true;
}

function callersToken(world: World, query: URLSearchParams): Token | undefined {
  const presented = world.tokens.get(query.get("access_token") ?? "");
  if (presented !== undefined) return presented.app.token;
  return findApp(world, query)?.token;
}

function findApp(world: World, query: URLSearchParams): App | undefined {
  const secret = query.get("corpsecret");
  return world.corps.get(query.get("corpid") ?? "")?.apps.find((app) => app.secret === secret);
}

function appOf(world: World, query: URLSearchParams): App {
  const corpId = query.get("corpid") ?? "";
  if (corpId === "") throw new RefusedCall(41002);
  if ((query.get("corpsecret") ?? "") === "") throw new RefusedCall(41004);
  if (!world.corps.has(corpId)) throw new RefusedCall(40013);
  const app = findApp(world, query);
  if (app === undefined) throw new RefusedCall(40001);
  return app;
}
