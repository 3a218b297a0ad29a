import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ServerRoute } from "../../frame/server-module.js";
import { startTestServer, type TestServer } from "../../testing/test-server.js";
import { createUser } from "../auth/service.js";
import { serviceDeskTables } from "./migrations.js";
import { serviceDeskModule } from "./module.js";

const PASSWORD = "a long phrase 7";
const routes: readonly ServerRoute[] = serviceDeskModule.routes;

let server: TestServer;
/** Ids of rows of customer and employee B, of the first tenant. */
let rows: Readonly<Record<"project" | "ticket" | "other" | "equipment" | "staff" | "customer", number>>;
/** Tokens by who calls. */
let tokens: Readonly<Record<string, string>>;

/** Who must not see or change what is B's. */
const STRANGERS = [
  "admin of another tenant",
  "employee A",
  "customer A",
  "employee nobody knows",
  "customer nobody knows",
];
const OWNERS = ["employee B", "customer B", "admin"];

beforeAll(async () => {
  // Without the jobs of a minute: what changes here, a request has changed.
  server = await startTestServer({}, { role: "api" });
  const { kit } = server.context;
  const { id: elsewhere } = await kit.tenants.create({ name: "另一家" });
  const user = async (username: string, role: "admin" | "staff" | "customer", tenantId = 1) => {
    const { id } = await createUser(
      server.context,
      { tenantId, isPlatform: true },
      { username, role, password: PASSWORD },
    );
    return { id, token: await server.logIn(username, PASSWORD) };
  };
  const made = async (path: string, body: object) => {
    const answer = await server.post(path, body);
    expect([path, answer.status, answer.text]).toEqual([path, 201, answer.text]);
    return answer.json as { id: number; ticket: { id: number } };
  };
  await kit.customers.upsert([{ externalKey: "a" }, { externalKey: "b" }]);
  const people = await server.context.stores.sql
    .selectFrom("rk_customers")
    .select("id")
    .where("tenant_id", "=", 1)
    .orderBy("id")
    .execute();
  const [a = 0, b = 0] = people.map(({ id }) => id);
  const logins = {
    foreign: await user("foreign", "admin", elsewhere),
    staffA: await user("staff-a", "staff"),
    staffB: await user("staff-b", "staff"),
    customerA: await user("customer-a", "customer"),
    customerB: await user("customer-b", "customer"),
    staffless: await user("staff-c", "staff"),
    stranger: await user("customer-c", "customer"),
  };
  const { id: staffA } = await made("/api/desk/staff", { name: "A", role: "staff", user_id: logins.staffA.id });
  const { id: staff } = await made("/api/desk/staff", {
    name: "planted-staff",
    role: "staff",
    user_id: logins.staffB.id,
    presence: "online",
    hours: Object.fromEntries([1, 2, 3, 4, 5, 6, 7].map((day) => [day, [{ from: "00:00", to: "24:00" }]])),
  });
  await made("/api/desk/staff", { name: "CA", role: "customer", user_id: logins.customerA.id, customer_id: a });
  await made("/api/desk/staff", { name: "CB", role: "customer", user_id: logins.customerB.id, customer_id: b });
  await server.post(`/api/desk/customers/${a}/staff`, { staff_id: staffA });
  await server.post(`/api/desk/customers/${b}/staff`, { staff_id: staff });
  const { id: project } = await made("/api/projects", { customer_id: b, name: "planted-project", owner_id: staff });
  const { id: equipment } = await made("/api/equipment", { customer_id: b, serial: "planted-serial", model: "M" });
  const ticket = await made("/api/tickets", { customer_id: b, kind: "complaint", subject: "planted-subject" });
  const other = await made("/api/tickets", { customer_id: b, kind: "other", subject: "planted-subject" });
  rows = { project, ticket: ticket.ticket.id, other: other.ticket.id, equipment, staff, customer: b };
  tokens = {
    "admin of another tenant": logins.foreign.token,
    "employee A": logins.staffA.token,
    "customer A": logins.customerA.token,
    "employee nobody knows": logins.staffless.token,
    "customer nobody knows": logins.stranger.token,
    "employee B": logins.staffB.token,
    "customer B": logins.customerB.token,
    admin: server.token,
  };
});
afterAll(() => server.close());

/** The row of B that a route names. */
function idOf(path: string): number {
  if (path.startsWith("/api/projects")) return rows.project;
  if (path.startsWith("/api/tickets")) return rows.ticket;
  if (path.startsWith("/api/equipment")) return rows.equipment;
  return path.startsWith("/api/desk/customers") ? rows.customer : rows.staff;
}

/** A body of a route with B's rows in it. */
function bodyOf({ example }: ServerRoute): Record<string, unknown> {
  const body = { ...(example?.request as Record<string, unknown> | undefined) };
  for (const [field, id] of [
    ["customer_id", rows.customer],
    ["project_id", rows.project],
    ["into", rows.other],
    ["staff_id", rows.staff],
    ["to_staff_id", rows.staff],
  ] as const) {
    if (field in body) body[field] = id;
  }
  return body;
}

function ask(route: ServerRoute, who: string) {
  const hasBody = route.request?.body !== undefined;
  const path = route.path.replace(":id", String(idOf(route.path)));
  return server.call(route.method.toUpperCase(), path, {
    token: tokens[who] ?? "",
    ...(hasBody && { body: bodyOf(route) }),
  });
}

/** Every row of the first tenant in the tables of the desk. */
async function everything(): Promise<string> {
  const parts: unknown[] = [];
  for (const { name } of serviceDeskTables) {
    // A turn that was taken and given back changes nothing.
    if (name === "rk_desk_turns") continue;
    const { rows: found } = await sql`select * from ${sql.table(name)} where tenant_id = 1`.execute(
      server.context.stores.sql,
    );
    parts.push([name, found]);
  }
  return JSON.stringify(parts);
}

const named = (list: readonly ServerRoute[]) => list.map((route) => [`${route.method} ${route.path}`, route] as const);
const isOfRow = ({ path }: ServerRoute) => path.includes(":id");
const makes = ({ method, path }: ServerRoute) =>
  method === "post" && ["/api/projects", "/api/equipment", "/api/tickets"].includes(path);
/** Employees know who their colleagues are. */
const isKnownToStaff = ({ method, path }: ServerRoute) => method === "get" && path === "/api/desk/staff/:id";

describe.each(STRANGERS)("%s", (who) => {
  test.each(named(routes.filter((route) => isOfRow(route) || makes(route))))("gets nothing by %s", async (_, route) => {
    const before = await everything();
    const { status } = await ask(route, who);
    if (isKnownToStaff(route) && who.startsWith("employee")) expect(status).toBe(200);
    else expect([403, 404]).toContain(status);
    expect(await everything()).toBe(before);
  });

  test.each(named(routes.filter((route) => route.method === "get" && !isOfRow(route))))(
    "sees nothing in %s",
    async (_, route) => {
      const { status, text } = await ask(route, who);
      expect([200, 403]).toContain(status);
      if (!(route.path === "/api/desk/staff" && who.startsWith("employee"))) expect(text).not.toContain("planted");
    },
  );
});

describe.each(OWNERS)("%s", (who) => {
  test.each(named(routes.filter((route) => route.method === "get" && route.auth === "desk:read")))(
    "sees it by %s",
    async (_, route) => {
      const { status, text } = await ask(route, who);
      expect(status).toBe(200);
      if (!/events|attachments|history/.test(route.path)) expect(text).toContain("planted");
    },
  );
});
