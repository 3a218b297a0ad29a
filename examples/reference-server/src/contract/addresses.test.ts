import { isReading } from "@recallkit/http";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ServerRoute } from "../frame/server-module.js";
import { createApiKey, createUser } from "../modules/auth/service.js";
import { openShop, PASSWORD, pathWith, type Shop, sessionRoutes } from "./shop.js";

/** Every kind of address, where each of them is kept. */
const PLANTED = {
  sentTo: "wm_planted",
  suppressed: "wm_planted_address",
  mobile: "+8613912345678",
  email: "planted@shop.example",
  unknown: "wm_planted_unknown",
};

let shop: Shop;
const tokens: Record<string, string> = {};
beforeAll(async () => {
  shop = await openShop();
  const { server } = shop;
  const { kit, stores } = server.context;
  await kit.customers.upsert([
    {
      externalKey: "planted-customer-key",
      mobile: PLANTED.mobile,
      email: PLANTED.email,
      externalUserId: PLANTED.sentTo,
    },
  ]);
  for (const address of [PLANTED.mobile, PLANTED.email]) {
    await server.post("/api/suppressions", { address, reason: "opt_out" });
  }
  const alarm = {
    tenantId: 1,
    code: "unknown_ids_in_fail_list",
    entity: "batch",
    entityId: 1,
    detail: "1 id",
  } as const;
  await stores.alarms.add({ ...alarm, addresses: [PLANTED.unknown], at: 1 });

  const by = { tenantId: 1, isPlatform: true };
  for (const role of ["admin", "staff"] as const) {
    await createUser(server.context, by, { username: `the-${role}`, role, password: PASSWORD });
    tokens[role] = await server.logIn(`the-${role}`, PASSWORD);
  }
  const everything = [
    "push:read",
    "push:write",
    "customers:read",
    "customers:write",
    "ops:read",
    "ops:write",
    "leads:read",
    "leads:write",
  ] as const;
  const key = { tenantId: 1, name: "no addresses", scopes: everything, createdBy: "cli", expiresAt: null };
  tokens["a key without addresses:read"] = (await createApiKey(server.context, key)).token;
});
afterAll(() => shop.close());

/** Bodies that find something, instead of those that the documentation shows. */
const BODIES: Readonly<Record<string, object>> = {
  "/wechatpush/results": {},
  "/wechatpush/lists": {},
  "/wechatpush/statistics": {},
  "/api/suppressions": { address: PLANTED.suppressed, reason: "opt_out" },
};
const QUERIES: Readonly<Record<string, string>> = {
  "/api/labels": "?kind=store",
  "/api/labels/counts": "?kind=store",
  "/api/people": "?query=planted-customer-key",
  "/api/people/:id/explain": "?rule_id=1",
  "/api/people/:id/evidence": "?occurrence_id=1",
  "/api/people/:id/evidence.html": "?occurrence_id=1",
};

function isRead({ method, auth }: ServerRoute): boolean {
  return method === "get" || (auth !== "public" && isReading(auth));
}

/** Asks a route for what the shop has; undefined where the caller may not. */
async function answerOf(route: ServerRoute, token: string): Promise<string | undefined> {
  const { ids, server } = shop;
  const id = /ops/.test(route.path) ? ids.occurrence : /people/.test(route.path) ? ids.customer : ids.rule;
  // What would end or change the things that other calls look at is asked about things that are not there.
  const path =
    pathWith(route, isRead(route) ? (id ?? 0) : 999_999) + (route.method === "get" ? (QUERIES[route.path] ?? "") : "");
  const example = { ...(route.example?.request as object | undefined) };
  const named = "externalUserids" in example ? { id: ids.rule, externalUserids: [PLANTED.sentTo] } : example;
  const body = BODIES[route.path] ?? named;
  const hasBody = route.request?.body !== undefined && !route.accepts;
  const answer = await server.call(route.method.toUpperCase(), path, { token, ...(hasBody && { body }) });
  return answer.status === 403 ? undefined : answer.text;
}

async function routesThatShow(token: string): Promise<readonly string[]> {
  const showing: string[] = [];
  const reads = sessionRoutes.filter(isRead);
  const changes = sessionRoutes.filter(
    (route) => !isRead(route) && !/logout|delete|password|^\/api\/session$/.test(route.path),
  );
  for (const route of [...reads, ...changes]) {
    const text = await answerOf(route, token);
    if (text !== undefined && Object.values(PLANTED).some((address) => text.includes(address))) {
      showing.push(`${route.method} ${route.path}`);
    }
  }
  return showing;
}

test("an admin sees the planted addresses in every list that names people", async () => {
  expect(await routesThatShow(tokens.admin ?? "")).toEqual(
    expect.arrayContaining([
      "post /wechatpush/results",
      "get /api/suppressions",
      "post /api/suppressions",
      "get /api/ops/deliveries",
      "get /api/ops/alarms",
      "get /api/people",
      "get /api/people/:id",
      "get /api/people/:id/timeline",
      "get /api/people/:id/evidence",
      "get /api/people/:id/evidence.html",
      "get /api/tasks/:id/calls",
      "get /api/tasks/:id/calls/export",
      "get /api/calls/:id",
      "get /api/packages/:id/leads",
      "get /api/packages/:id/leads/export",
      "get /api/leads/:id",
    ]),
  );
});

test.each(["staff", "a key without addresses:read"])(
  "%s sees no full address in the answer of any route",
  async (who) => {
    expect(await routesThatShow(tokens[who] ?? "")).toEqual([]);
  },
);
