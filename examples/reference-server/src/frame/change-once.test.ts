import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CallerCall, changeOnce, HttpError } from "@recallkit/http";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as z from "zod";
import { roles } from "../app.js";
import { startTestServer, type TestServer } from "../testing/test-server.js";
import type { ServerContext } from "./context.js";
import { type ServerRoute, serverRoute } from "./server-module.js";
import type { Session } from "./session.js";

let server: TestServer;
let dataDir: string;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "recallkit-once-"));
  server = await startTestServer({ DATA_DIR: dataDir });
});
afterAll(async () => {
  await server.close();
  await rm(dataDir, { recursive: true, force: true });
});

const push = (name: string) => ({
  name,
  startDate: "2026-01-01",
  endDate: "2026-12-31",
  weekDayPushTime: [{ week: 1, time: "10:00" }],
  content: "喵～",
  allCustomers: true,
});
const key = (value: string) => ({ "idempotency-key": value });
const pushes = async () => (await server.context.kit.rules.page()).total;

describe("Idempotency-Key", () => {
  test("a repeat gets the first answer and changes nothing, after a restart too", async () => {
    const first = await server.post("/wechatpush/create", push("once"), key("k1"));
    expect([first.status, first.headers.get("idempotent-replayed")]).toEqual([200, null]);
    const before = await pushes();
    const again = await server.post("/wechatpush/create", push("once"), key("k1"));
    expect([again.status, again.text, again.headers.get("idempotent-replayed")]).toEqual([200, first.text, "true"]);

    await server.close();
    server = await startTestServer({ DATA_DIR: dataDir });
    const later = await server.post("/wechatpush/create", push("once"), key("k1"));
    expect([later.text, later.headers.get("idempotent-replayed")]).toEqual([first.text, "true"]);
    expect(await pushes()).toBe(before);
  });

  test("a created resource is answered with 201 again", async () => {
    const body = { username: "clerk", password: "a long phrase" };
    const first = await server.post("/api/users", body, key("k-user"));
    const again = await server.post("/api/users", body, key("k-user"));
    expect([first.status, again.status, again.text]).toEqual([201, 201, first.text]);
  });

  test("another body under the key is refused with 422", async () => {
    await server.post("/wechatpush/create", push("two"), key("k2"));
    const other = await server.post("/wechatpush/create", push("two b"), key("k2"));
    expect(other.status).toBe(422);
    expect(other.json).toEqual({ success: false, message: "Idempotency-Key 已用于另一个请求", errors: [] });
  });

  test("the key of another route is another key", async () => {
    await server.post("/wechatpush/create", push("three"), key("k3"));
    const { items } = await server.context.kit.rules.list({ search: "three" });
    const paused = await server.post("/wechatpush/editstatus", { id: items[0]?.id, status: 1 }, key("k3"));
    expect(paused.json).toEqual({ success: true, data: true });
  });

  test("other tenants have keys of their own", async () => {
    const { kit } = server.context;
    const { id } = await kit.tenants.create({ name: "二店" });
    const token = await server.logIn("merchant_username", "correct horse", id);
    await server.post("/wechatpush/create", push("four"), key("k4"));
    const headers = key("k4");
    const other = await server.call("POST", "/wechatpush/create", { token, body: push("four, other"), headers });
    expect(other.status).toBe(200);
    expect((await kit.forTenant(id).rules.page()).total).toBe(1);
  });

  test("a request that was refused may be corrected under the same key", async () => {
    expect((await server.post("/wechatpush/create", push("once"), key("k5"))).status).toBe(409);
    expect((await server.post("/wechatpush/create", push("five"), key("k5"))).status).toBe(200);
  });

  test.each(["", " x", "x".repeat(256), "键"])("%j is no key", async (value) => {
    const headers = { "idempotency-key": Buffer.from(value, "utf8").toString("latin1") };
    const answer = await server.post("/wechatpush/create", push("six"), headers);
    if (value.trim() === "") expect([200, 400, 409]).toContain(answer.status);
    else if (value !== " x") expect(answer.json).toMatchObject({ errors: [{ path: "Idempotency-Key" }] });
  });

  test("requests and keys are kept without the body", async () => {
    const { rows } = await sql<{ fingerprint: string }>`SELECT * FROM rk_idempotency`.execute(
      server.context.stores.sql,
    );
    expect(rows.length).toBeGreaterThan(3);
    expect(JSON.stringify(rows)).not.toContain("a long phrase");
    for (const { fingerprint } of rows) expect(fingerprint).toMatch(/^[0-9a-f]{64}$/);
  });
});

/** A call of a route by hand, so that time and crashes can be forced. */
function calling(
  route: ServerRoute,
  idempotencyKey: string,
  now = server.context.clock.now(),
  record: Parameters<typeof changeOnce<ServerContext, Session>>[3] = async () => {},
) {
  const context = { ...server.context, clock: { ...server.context.clock, now: () => now } };
  const session = {
    kind: "user" as const,
    id: 1,
    tenantId: 1,
    userId: 1,
    username: "m",
    role: "admin" as const,
    permissions: new Set(roles.permissions),
    actor: "user:1",
  };
  const parts = {
    body: {},
    query: {},
    params: {},
    path: "/",
    method: "POST",
    headers: {},
    ip: "",
    requestId: "r",
    language: "zh" as const,
  };
  const tell = ({ message }: { readonly message: string }) => message;
  const call: CallerCall<ServerContext, Session> = { ...parts, tell, idempotencyKey, session, context };
  return changeOnce(route, call, "sent", record);
}

function route(effects: "database" | "outside", handler: () => Promise<string>): ServerRoute {
  const facts = { method: "post", path: `/test/${effects}`, auth: "push:write", tags: [], summary: "" } as const;
  return serverRoute({ ...facts, effects, response: z.string(), handler });
}

test("the note of what reached outside is a statement of its own, that of a change of the database is in its transaction", async () => {
  const seen: unknown[] = [];
  const isInside = async () => void seen.push(server.context.stores.inTransaction?.());
  for (const effects of ["outside", "database"] as const) {
    const made = route(effects, async () => effects);
    expect(await calling(made, `note-${effects}`, undefined, isInside)).toMatchObject({ body: effects });
    expect(await calling(made, `note-${effects}`, undefined, isInside)).toMatchObject({ body: effects });
  }
  // Repeats get the answer that was kept, and are not noted again.
  expect(seen).toEqual([false, true]);
});

describe("a request that is still running", () => {
  test("makes repeats wait, and runs once", async () => {
    let open: () => void = () => {};
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    let runs = 0;
    const slow = route("outside", async () => {
      runs++;
      await gate;
      return "done";
    });
    const now = server.context.clock.now();
    const first = calling(slow, "r1", now);
    await expect.poll(() => runs).toBe(1);
    await expect(calling(slow, "r1", now + 20_000)).rejects.toMatchObject({
      status: 409,
      code: "idempotency.running",
      headers: { "retry-after": "40" },
    });
    open();
    expect(await first).toMatchObject({ body: "done" });
    expect(await calling(slow, "r1", now + 20_001)).toMatchObject({ body: "done" });
    expect(runs).toBe(1);
  });

  test("and that was cut off outside is never repeated blindly", async () => {
    const now = server.context.clock.now();
    // What a process that dies right after its claim leaves behind.
    const died = route("outside", () => new Promise(() => {}));
    void calling(died, "cut", now);
    await expect.poll(() => keyCount("cut")).toBe(1);
    const again = route("outside", async () => "again");
    await expect(calling(again, "cut", now + 60_001)).rejects.toMatchObject({
      status: 409,
      code: "idempotency.outcome-unknown",
    });
  });

  test("is made again at once where the same key does nothing more, and is refused to another request", async () => {
    const now = server.context.clock.now();
    const repeatable = (handler: () => Promise<string>): ServerRoute => ({
      ...route("outside", handler),
      isRepeatable: () => true,
    });
    void calling(
      repeatable(() => new Promise(() => {})),
      "again",
      now,
    );
    await expect.poll(() => keyCount("again")).toBe(1);
    const again = repeatable(async () => "again");
    expect(await calling(again, "again", now + 1)).toMatchObject({ body: "again" });
    // The answer is kept now.
    expect(
      await calling(
        repeatable(async () => "other"),
        "again",
        now + 2,
      ),
    ).toMatchObject({ body: "again" });
    void calling(
      repeatable(() => new Promise(() => {})),
      "late",
      now,
    );
    await expect.poll(() => keyCount("late")).toBe(1);
    expect(await calling(again, "late", now + 60_001)).toMatchObject({ body: "again" });
    await expect(
      calling(
        repeatable(() => Promise.reject(new Error("connection lost"))),
        "lost",
        now,
      ),
    ).rejects.toThrow("connection lost");
    expect(await calling(again, "lost", now + 1)).toMatchObject({ body: "again" });
  });

  test("a failure that may have reached others keeps its key, a refusal gives it back", async () => {
    const failing = route("outside", async () => {
      throw new Error("connection lost");
    });
    await expect(calling(failing, "f1")).rejects.toThrow("connection lost");
    await expect(calling(failing, "f1")).rejects.toMatchObject({ code: "idempotency.running" });
    const refusing = route("outside", async () => {
      throw new HttpError(409, "rule.paused");
    });
    await expect(calling(refusing, "f2")).rejects.toMatchObject({ code: "rule.paused" });
    await expect(calling(refusing, "f2")).rejects.toMatchObject({ code: "rule.paused" });
  });

  test("work in the database that was cut off is done by the repeat", async () => {
    const now = server.context.clock.now();
    const target = { tenantId: 1, route: "POST /test/database", key: "d1" };
    // A first run makes the fingerprint; then its row is set back to what a crash before the commit leaves.
    await calling(
      route("database", async () => "first"),
      "d1",
      now,
    );
    await sql`UPDATE rk_idempotency SET status = NULL, body = NULL WHERE request_key = ${target.key}`.execute(
      server.context.stores.sql,
    );
    await expect(
      calling(
        route("database", async () => "second"),
        "d1",
        now + 1,
      ),
    ).rejects.toMatchObject({
      code: "idempotency.running",
    });
    const repeat = await calling(
      route("database", async () => "second"),
      "d1",
      now + 60_001,
    );
    expect(repeat).toMatchObject({ body: "second" });
    expect(
      await calling(
        route("database", async () => "third"),
        "d1",
        now + 60_002,
      ),
    ).toMatchObject({ body: "second" });
  });

  test("the kept answer and the change are one: without the commit there is neither", async () => {
    const failing = route("database", async () => {
      await server.context.kit.rules.create({
        name: "never",
        segment: { everybody: true },
        channel: "wecom",
        slots: [{ weekday: 1, time: "10:00" }],
        validFrom: "2026-01-01",
        validTo: "2026-12-31",
        content: { text: "喵" },
      });
      throw new Error("crash before the commit");
    });
    await expect(calling(failing, "c1")).rejects.toThrow("crash");
    expect((await server.context.kit.rules.page({ search: "never" })).total).toBe(0);
    expect(
      await calling(
        route("database", async () => "fine"),
        "c1",
      ),
    ).toMatchObject({ body: "fine" });
  });
});

async function keyCount(name: string) {
  const count = sql<{ total: number }>`SELECT count(*) AS total FROM rk_idempotency WHERE request_key = ${name}`;
  return (await count.execute(server.context.stores.sql)).rows[0]?.total;
}

test("every change is noted with who did it", async () => {
  await server.post("/wechatpush/create", push("audited"));
  const { json } = await server.get("/api/ops/audit?limit=1");
  expect(json).toMatchObject({
    items: [
      {
        actor: "user:1",
        actor_name: "merchant_username",
        action: "POST /wechatpush/create",
        target: null,
        ip: expect.stringContaining("127.0.0.1"),
      },
    ],
  });
});
