import { sha256Hex } from "@recallkit/core/ports";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestServer, TEST_PASSWORD, TEST_USERNAME, type TestServer } from "../../testing/test-server.js";
import { LOCK_MS, LONGEST_WAIT_MS } from "./lock-out.js";
import { logIn } from "./service.js";
import { createUser } from "./users.js";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const PASSWORD = "a long phrase";
const boss = { tenantId: 1, isPlatform: true };
let made = 0;

async function user(role: "platform" | "admin" | "staff" | "customer") {
  const username = `${role}-${++made}`;
  const { id } = await createUser(server.context, boss, { username, role, password: PASSWORD });
  return { id, username, token: await server.logIn(username, PASSWORD) };
}

describe("lock-out", () => {
  const at = (now: number) => ({ ...server.context, clock: { ...server.context.clock, now: () => now } });

  test("five failures of a name from an address lock it for 15 minutes, there and for that name only", async () => {
    const { username } = await user("staff");
    const other = await user("staff");
    const now = server.context.clock.now();
    const from = { ip: "198.51.100.7" };
    const wrong = { username, password: "wrong", ...from };
    for (let count = 0; count < 5; count++) {
      await expect(logIn(at(now + count), wrong)).rejects.toMatchObject({
        status: 401,
        code: "auth.wrong-credentials",
      });
    }
    const right = { username, password: PASSWORD, ...from };
    await expect(logIn(at(now + 5000), right)).rejects.toMatchObject({
      status: 429,
      code: "auth.locked",
      headers: { "retry-after": String((LOCK_MS - 5000) / 1000) },
    });
    await logIn(at(now + 6000), { ...right, ip: "198.51.100.8" });
    await logIn(at(now + 6000), { username: other.username, password: PASSWORD, ...from });
    expect(await logIn(at(now + LOCK_MS), right)).toMatchObject({ token: expect.any(String) });
  });

  test("forty wrong logins at once get five tries", async () => {
    const { username } = await user("staff");
    const tries = Array.from({ length: 40 }, () =>
      logIn(server.context, { username, password: "wrong", ip: "203.0.113.1" }),
    );
    const codes = (await Promise.allSettled(tries)).map((one) => (one.status === "rejected" ? one.reason.code : "in"));
    expect(codes.filter((code) => code === "auth.wrong-credentials")).toHaveLength(5);
    expect(codes.filter((code) => code === "auth.locked")).toHaveLength(35);
  });

  test("failures of a name from ever new addresses get slow, as those of a name that nobody has", async () => {
    const { username } = await user("staff");
    for (const name of [username, `nobody-${username}`]) {
      const start = server.context.clock.now();
      const tried: number[] = [];
      const waits: number[] = [];
      for (let second = 0; second < LOCK_MS / 1000 - 1; second += 1) {
        // What a forged X-Forwarded-For, or a thousand machines, look like.
        const guess = { username: name, password: `guess ${second}`, ip: `203.0.113.${second}` };
        const error = await logIn(at(start + second * 1000), guess).catch((thrown: unknown) => thrown);
        const { code, headers } = error as { code: string; headers: Record<string, string> };
        if (code === "auth.wrong-credentials") tried.push(second);
        else waits.push(Number(headers["retry-after"]));
      }
      expect(tried.slice(0, 16)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 16, 24, 40, 72]);
      expect(tried.length).toBeLessThan(32);
      expect(Math.max(...waits)).toBeLessThanOrEqual(LONGEST_WAIT_MS / 1000);
    }
  });

  test("nobody is locked out by others: from an address of theirs at once, from a new one within a minute", async () => {
    const { username } = await user("staff");
    const now = server.context.clock.now();
    const home = "198.51.100.20";
    await logIn(at(now), { username, password: PASSWORD, ip: home });
    const guesses = async (from: number, count: number) => {
      for (let index = 0; index < count; index += 1) {
        const guess = { username, password: "wrong", ip: `203.0.113.${index}` };
        await logIn(at(from + index * LONGEST_WAIT_MS), guess).catch(() => {});
      }
      return from + (count - 1) * LONGEST_WAIT_MS;
    };
    const last = await guesses(now, 14);
    await logIn(at(last + 1), { username, password: PASSWORD, ip: home });
    const elsewhere = { username, password: PASSWORD, ip: "198.51.100.21" };
    await expect(logIn(at(last + 2), elsewhere)).rejects.toMatchObject({ status: 429, code: "auth.slowed" });
    await logIn(at(last + LONGEST_WAIT_MS), elsewhere);
  });

  test("a program that logs in all the time is not slowed by its own successes", async () => {
    const { username } = await user("staff");
    const now = server.context.clock.now();
    for (let index = 0; index < 40; index += 1) {
      await logIn(at(now + index), { username, password: PASSWORD, ip: `198.51.100.${index}` });
    }
  });

  test("a success forgets failures; a malformed login is none", async () => {
    const { username } = await user("staff");
    const login = (password: unknown) =>
      server.request("POST", "/login", {
        body: JSON.stringify({ username, password }),
        headers: { "content-type": "application/json" },
      });
    for (let round = 0; round < 2; round++) {
      for (let count = 0; count < 4; count++) expect((await login("wrong")).status).toBe(401);
      for (let count = 0; count < 4; count++) expect((await login(7)).status).toBe(400);
      expect((await login(PASSWORD)).status).toBe(200);
    }
    for (let count = 0; count < 5; count++) await login("wrong");
    const locked = await login(PASSWORD);
    expect(locked.json).toEqual({ status_code: "429", message: "登录失败次数过多，请 15 分钟后再试" });
    expect(Number(locked.headers.get("retry-after"))).toBeGreaterThan(800);
    const { json } = await server.get("/api/ops/audit?limit=10");
    expect(JSON.stringify(json)).toContain("auth.locked");
  });
});

describe("passwords of older systems", () => {
  test("a SHA-256 is verified once and kept as scrypt from then on", async () => {
    const hash = sha256Hex("old password");
    const { id } = await createUser(server.context, boss, { username: "legacy", role: "staff", password: { hash } });
    await expect(logIn(server.context, { username: "legacy", password: "other" })).rejects.toMatchObject({
      status: 401,
    });
    const kept = async () => {
      const query = sql<{ hash: string }>`SELECT password_hash AS hash FROM rk_users WHERE id = ${id}`;
      return (await query.execute(server.context.stores.sql)).rows[0]?.hash;
    };
    expect(await kept()).toBe(hash);
    await logIn(server.context, { username: "legacy", password: "old password" });
    expect(await kept()).toMatch(/^\$scrypt\$ln=4,/);
    await logIn(server.context, { username: "legacy", password: "old password" });
  });

  test("a scrypt of a lower cost is replaced at login", async () => {
    const { username, id } = await user("staff");
    const dearer = { ...server.context, passwordCost: { costBits: 5, blockSize: 1, parallelism: 1 } };
    await logIn(dearer, { username, password: PASSWORD });
    const query = sql<{ hash: string }>`SELECT password_hash AS hash FROM rk_users WHERE id = ${id}`;
    expect((await query.execute(server.context.stores.sql)).rows[0]?.hash).toMatch(/^\$scrypt\$ln=5,/);
  });
});

describe("sessions", () => {
  test("are listed and ended one by one; a logout ends the present one", async () => {
    const { username, token } = await user("staff");
    const second = await server.logIn(username, PASSWORD);
    const list = await server.call("GET", "/api/sessions", { token });
    expect(list.json).toMatchObject({
      total: 2,
      items: [{ is_current: false }, { is_current: true, ip: expect.any(String) }],
    });
    const items = list.json as { items: { id: number; is_current: boolean }[] };
    const other = items.items.find((item) => !item.is_current)?.id;
    expect((await server.call("DELETE", `/api/sessions/${other}`, { token })).json).toEqual({ removed: true });
    expect((await server.call("GET", "/api/me", { token: second })).status).toBe(401);
    expect((await server.call("DELETE", `/api/sessions/${other}`, { token })).status).toBe(404);
    expect((await server.call("POST", "/api/logout", { token })).json).toEqual({ removed: true });
    expect((await server.call("GET", "/api/me", { token })).status).toBe(401);
  });

  test("of somebody else can't be ended", async () => {
    const mine = await user("staff");
    const theirs = await user("staff");
    const { json } = await server.call("GET", "/api/sessions", { token: theirs.token });
    const { items } = json as { items: { id: number }[] };
    expect((await server.call("DELETE", `/api/sessions/${items[0]?.id}`, { token: mine.token })).status).toBe(404);
    expect((await server.call("GET", "/api/me", { token: theirs.token })).status).toBe(200);
  });

  test("a new password ends the others and needs the present one", async () => {
    const { username, token } = await user("staff");
    const other = await server.logIn(username, PASSWORD);
    const change = (current: string) =>
      server.call("POST", "/api/me/password", {
        token,
        body: { current_password: current, new_password: "another phrase" },
      });
    expect((await change("wrong")).json).toMatchObject({
      status: 400,
      errors: [{ path: "current_password", message: "密码不正确" }],
    });
    expect((await change(PASSWORD)).json).toEqual({ changed: true });
    expect((await server.call("GET", "/api/me", { token })).status).toBe(200);
    expect((await server.call("GET", "/api/me", { token: other })).status).toBe(401);
    expect(await server.logIn(username, "another phrase")).toHaveLength(43);
  });
});

describe("users", () => {
  test("are made, listed, changed and removed", async () => {
    const body = { username: " 店员小王 ", password: PASSWORD };
    const created = await server.post("/api/users", body);
    expect(created.status).toBe(201);
    expect(created.json).toMatchObject({ username: "店员小王", role: "staff", status: "active" });
    const { id } = created.json as { id: number };
    expect((await server.post("/api/users", body)).json).toMatchObject({ status: 409, code: "user.name-taken" });
    expect((await server.get(`/api/users/${id}`)).json).toMatchObject({ id, username: "店员小王" });
    expect(JSON.stringify((await server.get("/api/users?page_size=200")).json)).toContain("店员小王");

    const token = await server.logIn("店员小王", PASSWORD);
    const disabled = await server.call("PATCH", `/api/users/${id}`, { body: { status: "disabled" } });
    expect(disabled.json).toMatchObject({ status: "disabled" });
    expect((await server.call("GET", "/api/me", { token })).status).toBe(401);
    expect(await server.logIn("店员小王", PASSWORD)).toBe("");
    await server.call("PATCH", `/api/users/${id}`, { body: { status: "active", password: "new long phrase" } });
    expect(await server.logIn("店员小王", "new long phrase")).toHaveLength(43);
    expect((await server.call("DELETE", `/api/users/${id}`)).json).toEqual({ removed: true });
    expect((await server.get(`/api/users/${id}`)).status).toBe(404);
    expect((await server.post("/api/users", body)).status).toBe(201);
  });

  test("the last one who manages the tenant stays", async () => {
    const { kit } = server.context;
    const { id: tenantId } = await kit.tenants.create({ name: "二店" });
    const by = { tenantId, isPlatform: true };
    const { id } = await createUser(server.context, by, { username: "only-admin", role: "admin", password: PASSWORD });
    const token = await server.logIn("only-admin", PASSWORD);
    for (const body of [{ role: "staff" }, { status: "disabled" }]) {
      const answer = await server.call("PATCH", `/api/users/${id}`, { token, body });
      expect(answer.json).toMatchObject({ status: 409, code: "user.last-admin" });
    }
    expect((await server.call("DELETE", `/api/users/${id}`, { token })).status).toBe(409);
  });

  test("who belongs to several tenants keeps their password, unless the platform changes it", async () => {
    const { kit, stores } = server.context;
    const shared = await user("staff");
    const admin = await user("admin");
    const { id: tenantId } = await kit.tenants.create({ name: "三店" });
    await sql`INSERT INTO rk_memberships (tenant_id, user_id, role) VALUES (${tenantId}, ${shared.id}, 'staff')`.execute(
      stores.sql,
    );
    const body = { password: "stolen phrase" };
    const answer = await server.call("PATCH", `/api/users/${shared.id}`, { token: admin.token, body });
    expect(answer.json).toMatchObject({ status: 409, code: "user.shared" });
    expect((await server.call("PATCH", `/api/users/${shared.id}`, { body })).status).toBe(200);
    await server.call("DELETE", `/api/users/${shared.id}`);
    expect(await server.logIn(shared.username, "stolen phrase", tenantId)).toHaveLength(43);
  });

  test("an admin neither makes nor touches people of the platform", async () => {
    const admin = await user("admin");
    const boss = await user("platform");
    const body = { username: "x", password: PASSWORD, role: "platform" };
    expect((await server.call("POST", "/api/users", { token: admin.token, body })).status).toBe(403);
    const patch = { body: { role: "staff" }, token: admin.token };
    expect((await server.call("PATCH", `/api/users/${boss.id}`, patch)).status).toBe(404);
    expect((await server.call("DELETE", `/api/users/${boss.id}`, { token: admin.token })).status).toBe(404);
  });
});

describe("the platform", () => {
  test("enters every tenant, others only their own", async () => {
    const { id } = await server.context.kit.tenants.create({ name: "四店" });
    const token = await server.logIn(TEST_USERNAME, TEST_PASSWORD, id);
    expect((await server.call("GET", "/api/me", { token })).json).toMatchObject({ tenant: { id, name: "四店" } });
    const admin = await user("admin");
    expect(await server.logIn(admin.username, PASSWORD, id)).toBe("");
  });
});

describe("API keys", () => {
  test("are shown once, do what their scopes say, and end when taken back", async () => {
    const made = await server.post("/api/api-keys", { name: "ERP", scopes: ["push:read", "push:read"] });
    expect(made.status).toBe(201);
    const { id, token } = made.json as { id: number; token: string };
    expect(token).toMatch(/^rk_[\w-]{43}$/);
    expect(made.json).toMatchObject({ scopes: ["push:read"], token_start: token.slice(0, 8), created_by: "user:1" });
    const listed = await server.get("/api/api-keys");
    expect(listed.text).not.toContain(token);
    const { rows } = await sql`SELECT * FROM rk_api_keys`.execute(server.context.stores.sql);
    expect(JSON.stringify(rows)).not.toContain(token);

    expect((await server.call("POST", "/wechatpush/lists", { token, body: {} })).status).toBe(200);
    expect((await server.call("POST", "/wechatpush/delete", { token, body: { id: 1 } })).status).toBe(403);
    expect((await server.call("GET", "/api/me", { token })).status).toBe(403);
    expect((await server.call("GET", "/api/users", { token })).status).toBe(403);
    expect((await server.get("/api/api-keys")).json).toMatchObject({ items: [{ used_at: expect.any(Number) }] });
    expect((await server.call("DELETE", `/api/api-keys/${id}`)).json).toEqual({ removed: true });
    expect((await server.call("POST", "/wechatpush/lists", { token, body: {} })).status).toBe(401);
  });

  test("end at their time", async () => {
    const past = await server.post("/api/api-keys", { name: "x", scopes: ["push:read"], expires_at: 1 });
    expect(past.json).toMatchObject({ status: 400, errors: [{ path: "expires_at", message: "应晚于当前时间" }] });
    const expiresAt = server.context.clock.now() + 3_600_000;
    const { json } = await server.post("/api/api-keys", { name: "x", scopes: ["push:read"], expires_at: expiresAt });
    const { token, id } = json as { token: string; id: number };
    expect((await server.call("POST", "/wechatpush/lists", { token, body: {} })).status).toBe(200);
    await sql`UPDATE rk_api_keys SET expires_at = 5 WHERE id = ${id}`.execute(server.context.stores.sql);
    expect((await server.call("POST", "/wechatpush/lists", { token, body: {} })).status).toBe(401);
  });

  test("can't manage anything, and are made by admins only", async () => {
    for (const scope of ["access:write", "tenants:write", "self", "audit:read"]) {
      expect((await server.post("/api/api-keys", { name: "x", scopes: [scope] })).status).toBe(400);
    }
    const staff = await user("staff");
    const body = { name: "x", scopes: ["push:read"] };
    expect((await server.call("POST", "/api/api-keys", { token: staff.token, body })).status).toBe(403);
  });

  test("an Idempotency-Key is not taken where the answer is a secret", async () => {
    const body = { name: "twice", scopes: ["push:read"] };
    const headers = { "idempotency-key": "secret-1" };
    const first = (await server.post("/api/api-keys", body, headers)).json as { token: string };
    const second = (await server.post("/api/api-keys", body, headers)).json as { token: string };
    expect(second.token).not.toBe(first.token);
    const { rows } = await sql`SELECT * FROM rk_idempotency`.execute(server.context.stores.sql);
    expect(JSON.stringify(rows)).not.toContain("rk_");
  });
});
