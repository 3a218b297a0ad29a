import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { roles as roleTable } from "../app.js";
import { ROLES } from "../frame/roles.js";
import type { ServerRoute } from "../frame/server-module.js";
import { createUser } from "../modules/auth/service.js";
import { openShop, PASSWORD, pathWith, type Shop, sessionRoutes } from "./shop.js";

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop.close());

const boss = { tenantId: 1, isPlatform: true };
const named = sessionRoutes.map((route) => [`${route.method} ${route.path}`, route] as const);
let made = 0;

async function user(role: (typeof ROLES)[number] = "admin") {
  const username = `someone-${++made}`;
  const { id } = await createUser(shop.server.context, boss, { username, role, password: PASSWORD });
  return { id, token: await shop.server.logIn(username, PASSWORD) };
}

function ask(route: ServerRoute, headers: Readonly<Record<string, string>>, suffix = "") {
  const { server, ids } = shop;
  const path = pathWith(route, ids.occurrence ?? 0) + suffix;
  const body = route.request?.body && !route.accepts ? JSON.stringify(route.example?.request ?? {}) : undefined;
  return server.request(route.method.toUpperCase(), path, {
    headers: { ...headers, ...(body !== undefined && { "content-type": "application/json" }) },
    ...(body !== undefined && { body }),
  });
}

/** Tokens that were good once, or look as if they were. */
const BAD_TOKENS: Readonly<Record<string, () => Promise<Readonly<Record<string, string>>>>> = {
  "no header": async () => ({}),
  "an empty token": async () => ({ authorization: "Bearer " }),
  "another scheme": async () => ({ authorization: `Basic ${shop.server.token}` }),
  "an unknown token": async () => ({ authorization: `Bearer ${"x".repeat(43)}` }),
  "a token with one character changed": async () => {
    const { token } = shop.server;
    return { authorization: `Bearer ${token.slice(0, -1)}${token.endsWith("A") ? "B" : "A"}` };
  },
  "two tokens": async () => ({ authorization: `Bearer ${shop.server.token} ${shop.server.token}` }),
  "a token of another length": async () => ({ authorization: `Bearer ${shop.server.token}${"A".repeat(200)}` }),
  "an unsigned JWT": async () => ({ authorization: "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0." }),
  "the hash of a token": async () => {
    const { rows } = await sql<{ hash: string }>`SELECT token_hash AS hash FROM rk_sessions`.execute(
      shop.server.context.stores.sql,
    );
    return { authorization: `Bearer ${rows[0]?.hash}` };
  },
  "an expired session": async () => {
    const { id, token } = await user();
    await sql`UPDATE rk_sessions SET expires_at = 1 WHERE user_id = ${id}`.execute(shop.server.context.stores.sql);
    return { authorization: `Bearer ${token}` };
  },
  "a session that was logged out": async () => {
    const { token } = await user();
    await shop.server.call("POST", "/api/logout", { token });
    return { authorization: `Bearer ${token}` };
  },
  "a session of a disabled user": async () => {
    const { id, token } = await user();
    await shop.server.call("PATCH", `/api/users/${id}`, { body: { status: "disabled" } });
    return { authorization: `Bearer ${token}` };
  },
  "a session of a removed user": async () => {
    const { id, token } = await user();
    await shop.server.call("DELETE", `/api/users/${id}`);
    return { authorization: `Bearer ${token}` };
  },
  "an API key that was taken back": async () => {
    const { json } = await shop.server.post("/api/api-keys", { name: "k", scopes: ["push:read"] });
    const { id, token } = json as { id: number; token: string };
    await shop.server.call("DELETE", `/api/api-keys/${id}`);
    return { authorization: `Bearer ${token}` };
  },
  "an API key that ended": async () => {
    const { json } = await shop.server.post("/api/api-keys", { name: "k", scopes: ["push:read"] });
    const { id, token } = json as { id: number; token: string };
    await sql`UPDATE rk_api_keys SET expires_at = 1 WHERE id = ${id}`.execute(shop.server.context.stores.sql);
    return { authorization: `Bearer ${token}` };
  },
};

describe("bad tokens", () => {
  test.each(Object.keys(BAD_TOKENS))("%s is refused by every route with 401", async (kind) => {
    const headers = (await BAD_TOKENS[kind]?.()) ?? {};
    for (const [, route] of named) {
      const answer = await ask(route, headers);
      expect([route.path, answer.status]).toEqual([route.path, 401]);
      expect(answer.headers.get("www-authenticate")).toBe("Bearer");
    }
  });

  test("a token in the query is no token", async () => {
    for (const [, route] of named) expect((await ask(route, {}, `?token=${shop.server.token}`)).status).toBe(401);
  });
});

describe("roles", () => {
  test.each(ROLES)("%s may do what the table says and nothing else", async (role) => {
    const { token } = await user(role);
    for (const [name, route] of named) {
      // A call that would end the session, or succeed and change what later calls look at, is asked with an unknown id.
      if (["/api/logout", "/api/session"].includes(route.path)) continue;
      const path = pathWith(route, 999_999);
      const answer = await shop.server.call(route.method.toUpperCase(), path, {
        token,
        ...(route.method !== "get" && { body: {} }),
      });
      const may = route.auth !== "public" && roleTable.permissionsOf[role].includes(route.auth);
      if (may) expect([name, answer.status]).not.toEqual([name, 403]);
      else expect([name, answer.status]).toEqual([name, 403]);
      expect([name, answer.status]).not.toEqual([name, 401]);
    }
  });

  test("staff look at pushes, recall tasks and revisits, and send none of them", async () => {
    const { token } = await user("staff");
    const sends = [
      ...["/wechatpush/create", "/wechatpush/edit", "/wechatpush/editstatus", "/wechatpush/run", "/wechatpush/test"],
      ...["/recalls/create", "/recalls/1/resend", "/api/messages/send", "/api/messages/send-batch"],
      ...["/api/v1/reminders/BJ-HA-001/run", "/api/v1/reminders/BJ-HA-001/revisits/approve"],
    ];
    for (const path of sends)
      expect([path, (await shop.server.call("POST", path, { token, body: {} })).status]).toEqual([path, 403]);
    expect((await shop.server.call("POST", "/wechatpush/lists", { token, body: {} })).status).toBe(200);
    for (const path of ["/recalls", "/api/messages", "/api/v1/analytics/dashboard"])
      expect([path, (await shop.server.call("GET", path, { token })).status]).toEqual([path, 200]);
  });

  test("an address is shown in full only to those who may see it", async () => {
    const staff = await user("staff");
    const admin = await user("admin");
    const see = async (token: string) => (await shop.server.call("GET", "/api/ops/deliveries", { token })).text;
    expect(await see(staff.token)).not.toContain("wm_planted");
    expect(await see(admin.token)).toContain("wm_planted");
  });
});
