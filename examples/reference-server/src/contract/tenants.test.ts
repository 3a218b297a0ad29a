import { openApiDocument } from "@recallkit/http";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { roles } from "../app.js";
import type { ServerRoute } from "../frame/server-module.js";
import { createUser } from "../modules/auth/service.js";
import { tenantsWithNews } from "../modules/service-desk/service.js";
import type { Answer } from "../testing/test-server.js";
import { openShop, PASSWORD, pathWith, type Shop, sessionRoutes } from "./shop.js";

/** What some lists can't be asked without. */
const NEEDED: Readonly<Record<string, string>> = {
  "/api/labels": "?kind=store",
  "/api/labels/counts": "?kind=store",
  "/api/people": "?query=planted",
  "/api/people/:id/explain": "?rule_id=1",
  "/api/people/:id/evidence": "?occurrence_id=1",
  "/api/people/:id/evidence.html": "?occurrence_id=1",
  "/api/ops/deliveries/facets": "?occurrence_id=1",
  "/api/ai/knowledge/search": "?q=planted",
  "/api/funnel/people": "?step=sent&reached=false",
  "/api/funnel/people.csv": "?step=sent&reached=false",
};

let shop: Shop;
let token: string;
beforeAll(async () => {
  shop = await openShop();
  const { server } = shop;
  const { id: tenantId } = await server.context.kit.tenants.create({ name: "另一家" });
  const by = { tenantId, isPlatform: true };
  await createUser(server.context, by, { username: "other-admin", role: "admin", password: PASSWORD });
  token = await server.logIn("other-admin", PASSWORD);
  // What is told of tickets is told by then, and changes nothing later.
  await vi.waitFor(async () => expect(await tenantsWithNews(server.context.stores, 1)).toEqual([]), {
    timeout: 60_000,
  });
});
afterAll(() => shop.close());

/** What the id of a route names. */
function idOf({ path }: ServerRoute): number {
  const { ids } = shop;
  if (path.startsWith("/api/users")) return ids.user ?? 0;
  if (path.startsWith("/api/api-keys")) return ids.apiKey ?? 0;
  if (path.startsWith("/api/sessions")) return ids.session ?? 0;
  if (path.startsWith("/api/suppressions")) return ids.suppression ?? 0;
  if (/^\/api\/(packages|metrics)/.test(path)) return ids.leadPackage ?? 0;
  if (path.startsWith("/api/tasks")) return ids.task ?? 0;
  if (path.startsWith("/api/leads")) return ids.lead ?? 0;
  if (path.startsWith("/api/calls")) return ids.call ?? 0;
  if (path.startsWith("/api/projects")) return ids.project ?? 0;
  if (path.startsWith("/api/tickets")) return ids.ticket ?? 0;
  if (path.startsWith("/api/equipment")) return ids.equipment ?? 0;
  if (path.startsWith("/api/people")) return ids.customer ?? 0;
  if (path.startsWith("/api/desk/customers")) return ids.customer ?? 0;
  if (path.startsWith("/api/desk/staff")) return ids.deskStaff ?? 0;
  if (path.startsWith("/api/tenants")) return ids.tenant ?? 0;
  if (path.startsWith("/api/v1/scripts/templates")) return ids.template ?? 0;
  if (path.startsWith("/api/v1/scripts/lexicon")) return ids.word ?? 0;
  if (path.startsWith("/api/v1/scripts")) return ids.script ?? 0;
  if (path.startsWith("/api/ops")) return ids.occurrence ?? 0;
  return ids.rule ?? 0;
}

/** Tables that a job writes by itself after changes, whatever is asked. */
const FOLLOWING = new Set(["rk_projections", "rk_relations", "rk_similar_vectors", "rk_desk_turns"]);

/** Every row of the first tenant, whatever its table; what no request should change. */
async function everything(): Promise<string> {
  const db = shop.server.context.stores.sql;
  const { rows: tables } = await sql<{ name: string; ddl: string }>`
    SELECT name, sql AS ddl FROM sqlite_master WHERE type = 'table' AND name LIKE 'rk_%' ORDER BY name`.execute(db);
  const parts: string[] = [];
  for (const { name, ddl } of tables) {
    if (FOLLOWING.has(name)) continue;
    if (name === "rk_tenants" || name === "rk_users") {
      const { rows } = await sql`SELECT * FROM ${sql.table(name)} WHERE id = 1`.execute(db);
      parts.push(JSON.stringify([name, rows]));
    } else if (/\btenant_id\b/.test(ddl)) {
      const { rows } = await sql`SELECT * FROM ${sql.table(name)} WHERE tenant_id = 1`.execute(db);
      parts.push(JSON.stringify([name, rows]));
    }
  }
  expect(parts.length).toBeGreaterThan(15);
  return parts.join("\n");
}

function ask(route: ServerRoute, id: number | string, body: unknown): Promise<Answer> {
  const hasBody = route.request?.body !== undefined && !route.accepts;
  const path = pathWith(route, id) + (NEEDED[route.path] ?? "");
  return shop.server.call(route.method.toUpperCase(), path, { token, ...(hasBody && { body }) });
}

const exampleOf = ({ example }: ServerRoute): Record<string, unknown> => ({
  ...(example?.request as object | undefined),
});
const named = (routes: readonly ServerRoute[]) =>
  routes.map((route) => [`${route.method} ${route.path}`, route] as const);
// What is of the whole installation is refused to an admin of one tenant before anybody looks for it.
const ofTenants = sessionRoutes.filter(({ auth }) => roles.permissionsOf.admin.includes(auth));
const withIdInPath = ofTenants.filter(({ path }) => /:((trace_)?id|code)/.test(path));
const withIdInBody = sessionRoutes.filter((route) => "id" in exampleOf(route));

describe("another tenant's ids", () => {
  test("stand in the routes that the description lists", () => {
    const document = JSON.parse(JSON.stringify(openApiDocument(shop.server.context.modules, { version: "0" }))) as {
      paths: Record<string, Record<string, { security: unknown[] }>>;
    };
    const secured = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.entries(item).flatMap(([method, { security }]) => (security.length > 0 ? [`${method} ${path}`] : [])),
    );
    const known = sessionRoutes.map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, "{$1}")}`);
    expect(known.sort()).toEqual(secured.sort());
    expect(withIdInPath.length + withIdInBody.length).toBeGreaterThan(20);
  });

  test.each(named(withIdInPath))("%s answers 404 and changes nothing", async (_, route) => {
    const before = await everything();
    const answer = await ask(route, idOf(route), exampleOf(route));
    expect(answer.status).toBe(404);
    expect(await everything()).toBe(before);
  });

  test.each(named(withIdInBody))("%s answers 404 to an id in its body and changes nothing", async (_, route) => {
    const before = await everything();
    const answer = await ask(route, "", { ...exampleOf(route), id: idOf(route) });
    // Figures of a push that the tenant does not have are figures of nothing.
    if (/results|statistics/.test(route.path)) expect(answer.text).not.toContain("planted");
    else expect(answer.status).toBe(404);
    expect(await everything()).toBe(before);
  });

  test.each(named(sessionRoutes.filter(({ method }) => method === "get")))(
    "%s shows nothing of theirs",
    async (_, route) => {
      // Jobs are of the whole installation.
      if (route.path.includes(":name")) return expect(route.auth).toBe("jobs:read");
      if (route.path.includes(":")) return expect(withIdInPath).toContain(route);
      const query = NEEDED[route.path] ?? "";
      const answer = await shop.server.call("GET", `${route.path}${query}`, { token });
      // What is of the whole installation is the platform's to read.
      const isTheirs = roles.permissionsOf.admin.includes(route.auth);
      // What is asked about one occurrence is told of no other tenant's.
      const found = query.includes("occurrence_id=") ? 404 : 200;
      expect(answer.status).toBe(isTheirs ? found : 403);
      expect(answer.text).not.toMatch(/planted|wm_/);
    },
  );

  test.each(["occurrences", "batches", "deliveries", "attempts", "dead-letters"])(
    "a filter of /api/ops/%s finds none of theirs",
    async (list) => {
      const { occurrence, rule } = shop.ids;
      for (const query of [`occurrence_id=${occurrence}`, `rule_id=${rule}`]) {
        const { json } = await shop.server.call("GET", `/api/ops/${list}?${query}`, { token });
        expect(json).toEqual({ items: [], next_cursor: null });
      }
    },
  );

  test("a name that they use is free for this tenant", async () => {
    const { PUSH } = await import("./shop.js");
    const answer = await shop.server.call("POST", "/wechatpush/create", { token, body: PUSH });
    expect(answer.json).toEqual({ success: true, data: true });
  });
});
