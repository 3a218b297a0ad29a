// Every route of the inbox by everybody who must not see what it would show, or change what it would change.
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ServerRoute } from "../../frame/server-module.js";
import { startTestServer, type TestServer } from "../../testing/test-server.js";
import { createUser } from "../auth/service.js";
import { inboxOf } from "./inbox.js";
import { serviceInboxTables } from "./migrations.js";
import { serviceInboxModule } from "./module.js";
import { takeMessage } from "./sessions/store.js";
import { workSession } from "./sessions/work.js";

const PASSWORD = "a long phrase 7";
const OPENID = "oPlanted".padEnd(28, "0");
const PHONE = "13800138777";
/** What nobody but their own people may read. */
const WORD = "planted";
/** Routes without a row of a customer: what they show is the tenant's. */
const OF_TENANT = /knowledge|settings|group-bot|router\/test|^\/sidebar|callbacks|bindings\/(code|verify)/;

const routes: readonly ServerRoute[] = serviceInboxModule.routes.filter(({ path }) => !OF_TENANT.test(path));
const named = (list: readonly ServerRoute[]) => list.map((route) => [`${route.method} ${route.path}`, route] as const);

let server: TestServer;
let rows: Readonly<Record<"session" | "decision" | "binding" | "customer", number>>;
let tokens: Readonly<Record<string, string>>;

beforeAll(async () => {
  server = await startTestServer({}, { role: "api" });
  const { context } = server;
  const { kit, stores } = context;
  const { id: elsewhere } = await kit.tenants.create({ name: "另一家" });
  const user = async (username: string, role: "admin" | "staff" | "customer", tenantId = 1) => {
    const { id } = await createUser(context, { tenantId, isPlatform: true }, { username, role, password: PASSWORD });
    return { id, token: await server.logIn(username, PASSWORD) };
  };
  const logins = {
    foreign: await user("foreign", "admin", elsewhere),
    a: await user("staff-a", "staff"),
    b: await user("staff-b", "staff"),
    nobody: await user("staff-c", "staff"),
    customer: await user("customer-a", "customer"),
  };
  await kit.customers.upsert([
    { externalKey: "b", name: `${WORD}-name`, openid: OPENID, mobile: `+86${PHONE}` },
    { externalKey: "other", openid: "oOther".padEnd(28, "0") },
  ]);
  const [customer] = await stores.customers.findByKeys(1, ["b"]);
  const made = async (path: string, body: object) => {
    const answer = await server.post(path, body);
    expect([path, answer.status, answer.text]).toEqual([path, 201, answer.text]);
    return (answer.json as { id: number }).id;
  };
  for (const [name, login] of [
    ["staff-a", logins.a],
    ["staff-b", logins.b],
  ] as const) {
    await made("/api/desk/staff", { name, role: "staff", user_id: login.id, wecom_user_id: name });
  }
  const customerId = customer?.id ?? 0;
  await server.post(`/api/desk/customers/${customerId}/staff`, { staff_id: 2 });
  await made("/api/projects", { customer_id: customerId, name: `${WORD}-project` });
  const taken = await takeMessage(
    stores,
    1,
    {
      ...{ entrance: "official_account", address: OPENID, kind: "text", body: `${WORD}-text 我的项目进度` },
      ...{ eventHash: "planted", via: "callback", toldAt: 1 },
    },
    context.clock.now(),
  );
  await workSession(await inboxOf(context, 1), taken.sessionId);
  const { rows: decided } = await sql<{ id: number }>`select id from rk_router_decisions`.execute(stores.sql);
  await stores.sql
    .withTables<{ rk_wechat_bindings: Record<string, unknown> }>()
    .insertInto("rk_wechat_bindings")
    .values({
      ...{ tenant_id: 1, entrance: "official_account", address: `o-${WORD}`, customer_id: customerId },
      ...{ other_customer_id: null, action: "conflict", source: "sms_code", state: "open", actor: WORD, created_at: 1 },
    })
    .execute();
  rows = { session: taken.sessionId, decision: decided[0]?.id ?? 0, binding: 1, customer: customerId };
  tokens = {
    "admin of another tenant": logins.foreign.token,
    "employee A": logins.a.token,
    "employee nobody knows": logins.nobody.token,
    "customer A": logins.customer.token,
    "employee B": logins.b.token,
    admin: server.token,
  };
});
afterAll(() => server.close());

function idOf(path: string): number {
  if (path.includes("sessions")) return rows.session;
  return path.includes("decisions") ? rows.decision : rows.binding;
}

/** A body that asks for B's customer. */
function bodyOf({ path, example }: ServerRoute): unknown {
  if (path === "/api/ai/router") return { message: "我的项目进度", customer_id: rows.customer };
  if (path === "/api/wechat/work/command") return { text: `#查询进度 ${PHONE}` };
  if (path.endsWith("/unbind")) return { entrance: "official_account", address: OPENID };
  if (path.endsWith("/decide")) return { decision: "keep" };
  return example?.request ?? {};
}

function ask(route: ServerRoute, who: string) {
  const hasBody = route.request?.body !== undefined;
  const path = route.path.replace(":id", String(idOf(route.path)));
  const query = path.endsWith("sidebar-data") ? `?customer_id=${rows.customer}` : "";
  return server.call(route.method.toUpperCase(), path + query, {
    token: tokens[who] ?? "",
    ...(hasBody && { body: bodyOf(route) }),
  });
}

/** What is kept of B's customer in the inbox. */
async function everything(): Promise<string> {
  const parts: unknown[] = [];
  for (const { name } of serviceInboxTables) {
    const { rows: found } = await sql`select * from ${sql.table(name)} where tenant_id = 1`.execute(
      server.context.stores.sql,
    );
    parts.push([name, found]);
  }
  return JSON.stringify(parts);
}

describe.each(["admin of another tenant", "employee A", "employee nobody knows", "customer A"])("%s", (who) => {
  test.each(named(routes))("sees and changes nothing by %s", async (_, route) => {
    const before = await everything();
    const answer = await ask(route, who);
    expect(answer.text).not.toContain(WORD);
    if (route.path.includes(":id")) expect([403, 404]).toContain(answer.status);
    expect(answer.status).toBeLessThan(500);
    expect(await everything()).toBe(before);
  });
});

describe.each(["employee B", "admin"])("%s", (who) => {
  test.each(named(routes.filter(({ method }) => method === "get")))("sees it by %s", async (_, route) => {
    const { status, text } = await ask(route, who);
    // A list of conversations holds no words, and addresses in it are masked.
    const told = route.path === "/api/wechat/sessions" ? `"id":${rows.session},` : WORD;
    expect([status, text.includes(told)]).toEqual([200, true]);
  });

  test("is told how far the customer's things are", async () => {
    const route = routes.find(({ path }) => path === "/api/ai/router");
    if (!route) throw new Error("there is one");
    expect((await ask(route, who)).text).toContain(`${WORD}-project`);
  });
});

test("an employee gives no command in somebody else's name", async () => {
  const body = { text: `#查询进度 ${PHONE}`, user_id: "staff-b" };
  const answer = await server.call("POST", "/api/wechat/work/command", { body, token: tokens["employee A"] ?? "" });
  expect(answer.status).toBe(403);
});
