import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startWecomSimulator } from "@recallkit/wecom/simulator";
import { describe, expect, onTestFinished, test } from "vitest";
import { PUSH } from "./contract/shop.js";
import { runCommand } from "./testing/command-line.js";
import { engines } from "./testing/engines.js";
import { startTestServer, TEST_PASSWORD, TEST_USERNAME } from "./testing/test-server.js";

const servers = engines.filter(({ name }) => name !== "SQLite").map((engine) => [engine.name, engine] as const);

describe.each(servers)("a server on %s (needs a server)", (_, engine) => {
  const fact = engine.missing === undefined ? test : test.skip;

  fact("migrates, logs in, pushes, accounts and keeps everything over a restart", async () => {
    const url = await engine.newUrl("");
    const simulator = await startWecomSimulator({ corps: [{ corpId: "ww1", secret: "s" }] });
    const environment = {
      DATABASE_URL: url,
      SECRET_KEY: "pJ3v8Qm1xZ7Lr5Tn9Wb2Yc6Kd4Hf0Sg8",
      WECOM_CORP_ID: "ww1",
      WECOM_SECRET: "s",
      WECOM_BASE_URL: simulator.url,
      FREQUENCY_CAPS: "off",
    };
    const server = await startTestServer(environment);
    const again = { "idempotency-key": "k1" };
    try {
      expect((await server.get("/health")).json).toMatchObject({
        database: { engine: url.startsWith("mysql") ? "mysql" : "postgres", status: "ok" },
      });
      const { kit } = server.context;
      const people = Array.from({ length: 25 }, (_, n) => ({ externalKey: `c${n}`, externalUserId: `wm_${n}` }));
      await kit.customers.upsert(people);
      await server.post("/wechatpush/create", PUSH, again);
      const id = (await kit.rules.list()).items[0]?.id ?? 0;
      await server.post("/wechatpush/run", { id });
      await expect
        .poll(async () => (await server.post("/wechatpush/statistics", { id })).json, { timeout: 60_000 })
        .toMatchObject({ data: { 推送人数: 25, 推送成功人数: 25 } });
      const byHand = await runCommand(["push", "run", PUSH.name, "--wait", "--json"], environment);
      expect([byHand.code, byHand.answer]).toMatchObject([0, { deliveries: { accepted: 25 } }]);
      await server.call("PUT", "/api/tenants/1/channel-accounts/wecom", { body: { corp_id: "ww1", secret: "s" } });
      await server.post("/api/users", { username: "店员", password: "a long phrase" });
      expect((await server.get("/api/ops/audit")).json).toMatchObject({
        items: [{ action: "POST /api/users" }, {}, {}, {}, {}],
      });
    } finally {
      await server.close();
    }
    const restarted = await startTestServer(environment);
    try {
      expect((await restarted.post("/wechatpush/create", PUSH, again)).headers.get("idempotent-replayed")).toBe("true");
      expect((await restarted.get("/api/users")).json).toMatchObject({ total: 2 });
      expect(await restarted.logIn(TEST_USERNAME, TEST_PASSWORD)).toHaveLength(43);
    } finally {
      await restarted.close();
      await simulator.close();
    }
  });

  fact("the command line works on it", async () => {
    const url = await engine.newUrl("");
    expect((await runCommand(["migrate", "sql"], { DATABASE_URL: url })).stdout).toContain("CREATE TABLE rk_users");
    await runCommand(["migrate", "up"], { DATABASE_URL: url });
    const status = await runCommand(["migrate", "status", "--json"], { DATABASE_URL: url });
    expect(status.answer).toMatchObject({ state: "current", file: expect.not.stringContaining("@") });
    const folder = await mkdtemp(join(tmpdir(), "recallkit-test-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    const run = (...argv: readonly string[]) =>
      runCommand([...argv, "--json"], { DATABASE_URL: url, DATA_DIR: folder });
    const customers = join(folder, "customers.csv");
    await writeFile(customers, "customer_key,external_userid,city\nc1,wm_1,上海\nc2,wm_2,杭州\n");
    const orders = join(folder, "orders.csv");
    await writeFile(orders, "order_no,customer_key,ordered_at,amount,sku\no1,c1,2026-01-05 10:00:00,12.50,茶\n");
    expect((await run("import", "customers", customers)).answer).toMatchObject({ customers: { inserted: 2 } });
    expect((await run("import", "orders", orders)).answer).toMatchObject({ orders: { inserted: 1 } });
    expect((await run("audience", "--label", "city=上海")).answer).toMatchObject({ count: 1 });
    expect((await run("people", "export", "--key", "c1")).answer).toMatchObject({
      person: { orders: [{ amountMinor: 1250 }] },
    });
    const report = await run("report");
    expect(report.answer).toMatchObject({ rule_id: null });
    const doctor = await runCommand(["doctor", "--lang", "en"], { DATABASE_URL: url });
    expect(doctor.stdout).toContain("recallkit_test_");
    // The tests' own servers are told to be fast instead of safe, which a shop must not do.
    if (!process.env.TEST_POSTGRES_URL && !process.env.TEST_MYSQL_URL) {
      expect(doctor.stdout).toMatch(/fsync is off, needed: on|innodb_flush_log_at_trx_commit is 2, needed: 1/);
    }
    const nobody = `${new URL(url).protocol}//test:hunter2@127.0.0.1:1/x`;
    const away = await runCommand(["report"], { DATABASE_URL: nobody });
    expect(away.code).toBe(1);
    expect(away.stderr).toContain("storage.unavailable");
    expect(away.stderr).not.toContain("hunter2");
  });
});
