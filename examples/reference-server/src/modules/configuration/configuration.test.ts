import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { engines } from "../../testing/engines.js";
import { startTestServer, type TestServer } from "../../testing/test-server.js";

const POOL = { core_pool_size: 20, max_pool_size: 100, scale_up_threshold: 0.8, scale_down_threshold: 0.2 };

interface Entry {
  readonly id: number;
  readonly version: number;
}

describe("the configuration", () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.close());
  const put = (id: number, body: unknown) => server.call("PUT", `/api/config/configs/${id}`, { body });

  test("is created, changed, compared and taken back, with who did it", async () => {
    const created = await server.post("/api/config/configs", { key: "message_sender", value: POOL });
    expect(created.status).toBe(201);
    const { id } = created.json as Entry;
    expect(created.json).toMatchObject({ key: "message_sender", value: POOL, version: 1, updated_by: "user:1" });
    const changed = await put(id, { value: { ...POOL, core_pool_size: 30 }, version: 1 });
    expect(changed.json).toMatchObject({ version: 2, value: { core_pool_size: 30 } });

    expect((await server.get(`/api/config/configs/${id}/history`)).json).toMatchObject({
      items: [
        { version: 2, action: "update", changes: [{ path: "core_pool_size", from: 20, to: 30 }] },
        { version: 1, action: "create", changes: [] },
      ],
    });
    expect((await server.get(`/api/config/configs/${id}/diff?from=2&to=1`)).json).toMatchObject({
      changes: [{ path: "core_pool_size", from: 30, to: 20 }],
    });
    const back = await server.post(`/api/config/configs/${id}/rollback`, { version: 2, to: 1 });
    expect(back.json).toMatchObject({ version: 3, value: POOL });
    expect((await server.get("/api/config/configs")).json).toMatchObject({ total: 1, items: [{ id, version: 3 }] });
    expect((await server.get("/api/ops/audit?limit=1")).json).toMatchObject({
      items: [{ action: "POST /api/config/configs/:id/rollback", target: String(id) }],
    });
  });

  test("is not overwritten by whoever read it before", async () => {
    const { json } = await server.get("/api/config/configs");
    const { id, version } = (json as { items: readonly Entry[] }).items[0] as Entry;
    const answers = await Promise.all(
      [21, 22, 23].map((n) => put(id, { value: { ...POOL, core_pool_size: n }, version })),
    );
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409, 409]);
    expect(answers.find(({ status }) => status === 409)?.json).toMatchObject({ code: "config.stale-version" });
    const other = await server.post("/api/admin/config", {
      config: { message_sender: POOL },
      versions: { message_sender: 1 },
    });
    expect(other.status).toBe(409);
  });

  test("is one store behind both addresses", async () => {
    const before = await server.get("/api/admin/config");
    expect(before.json).toMatchObject({
      config: { api_send_message: { qps: 1000, concurrent: 500 } },
      versions: { api_send_message: 0 },
    });
    const limits = { qps: 500, concurrent: 100 };
    const after = await server.post("/api/admin/config", { config: { api_send_message: limits } });
    expect(after.json).toMatchObject({ config: { api_send_message: limits }, versions: { api_send_message: 1 } });
    expect((await server.get("/api/config/configs")).json).toMatchObject({ total: 2 });
    expect((await server.get("/api/config/keys")).text).toContain("core_pool_size");
    const again = await server.post("/api/config/configs", { key: "api_send_message", value: limits });
    expect([again.status, again.json]).toEqual([409, expect.objectContaining({ code: "config.exists" })]);
  });

  test.each([
    [{ ...POOL, core_pool_size: 0 }, "value.core_pool_size"],
    [{ ...POOL, core_pool_size: 200 }, "value.max_pool_size"],
    [{ ...POOL, scale_down_threshold: 0.9 }, "value.scale_down_threshold"],
    [{ ...POOL, threads: 7 }, "value.threads"],
    [{ ...POOL, max_pool_size: "100" }, "value.max_pool_size"],
    [{}, "value.core_pool_size"],
    [null, "value"],
    [[], "value"],
  ])("%j is refused with its path", async (value, path) => {
    const { json } = await server.get("/api/config/configs");
    const { items } = json as { items: readonly (Entry & { readonly key: string })[] };
    const { id, version } = items.find(({ key }) => key === "message_sender") as Entry;
    const answer = await put(id, { value, version });
    expect([answer.status, answer.json]).toEqual([
      400,
      expect.objectContaining({ errors: expect.arrayContaining([expect.objectContaining({ path })]) }),
    ]);
  });

  test("knows no other keys, entries and versions, and changes all or nothing", async () => {
    const unknown = await server.post("/api/config/configs", { key: "no_such", value: 1 });
    expect([unknown.status, unknown.json]).toEqual([404, expect.objectContaining({ code: "config.unknown-key" })]);
    expect((await put(999, { value: POOL, version: 1 })).status).toBe(404);
    expect((await server.get("/api/config/configs/1/diff?from=1&to=99")).status).toBe(404);
    const before = await server.get("/api/admin/config");
    const half = { api_send_message: { qps: 7, concurrent: 7 }, message_sender: { ...POOL, core_pool_size: -1 } };
    expect((await server.post("/api/admin/config", { config: half })).json).toMatchObject({
      errors: [{ path: "config.message_sender.core_pool_size" }],
    });
    expect((await server.get("/api/admin/config")).json).toEqual(before.json);
  });

  test("a stored value that nobody can use leaves the default in force", async () => {
    await sql`UPDATE rk_config_entries SET value = '{"qps":-1}', version = version + 1
      WHERE name = 'api_send_message'`.execute(server.context.stores.sql);
    expect((await server.get("/api/admin/config")).json).toMatchObject({ config: { api_send_message: { qps: 1000 } } });
  });
});

describe.each(engines)("two servers on $name", (engine) => {
  const label = engine.missing ? ` (${engine.missing})` : "";

  test.skipIf(engine.missing)(
    `go by a changed pool and limit without a restart${label}`,
    { timeout: 90_000 },
    async () => {
      const folder = await mkdtemp(join(tmpdir(), "recallkit-config-"));
      onTestFinished(() => rm(folder, { recursive: true, force: true }));
      const DATABASE_URL = await engine.newUrl(folder);
      const SECRET_KEY = "for-this-test-only-0123456789abcdef";
      const servers: TestServer[] = [];
      for (let n = 0; n < 2; n++) servers.push(await startTestServer({ DATABASE_URL, SECRET_KEY, DATA_DIR: folder }));
      onTestFinished(async () => {
        for (const server of servers) await server.close();
      });
      const [first, second] = servers;
      const inForce = async () =>
        Promise.all(
          servers.map(async (server) => {
            const { pool, limits } = (await server.get("/api/ops/concurrency")).json as {
              pool: { size: number; core_pool_size: number };
              limits: { qps: number };
            };
            return [pool.size, pool.core_pool_size, limits.qps];
          }),
        );
      expect(await inForce()).toEqual([
        [10, 10, 1000],
        [10, 10, 1000],
      ]);
      const config = { message_sender: { ...POOL, core_pool_size: 40 }, api_send_message: { qps: 2, concurrent: 1 } };
      expect((await first?.post("/api/admin/config", { config }))?.status).toBe(200);
      // How soon is a matter of looks, which hot-config.test.ts counts.
      await expect.poll(inForce, { timeout: 60_000, interval: 50 }).toEqual([
        [40, 40, 2],
        [40, 40, 2],
      ]);
      const permit = await second?.context.concurrency.admitSend(1, async () => 0);
      await expect(second?.context.concurrency.admitSend(1, async () => 0)).rejects.toMatchObject({
        status: 429,
        headers: { "retry-after": "1" },
      });
      await permit?.end();
    },
  );
});
