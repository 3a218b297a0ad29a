import { startWecomSimulator } from "@recallkit/wecom/simulator";
import { describe, expect, test } from "vitest";
import { PUSH } from "./contract/shop.js";
import { runCommand } from "./testing/command-line.js";
import { engines } from "./testing/engines.js";
import { startTestServer, TEST_PASSWORD, TEST_USERNAME } from "./testing/test-server.js";

const servers = engines.filter(({ name }) => name !== "SQLite").map((engine) => [engine.name, engine] as const);

describe.each(servers)("a server on %s (needs a server)", (_, engine) => {
  const run = engine.missing === undefined ? test : test.skip;

  run("migrates, logs in, pushes, accounts and keeps everything over a restart", async () => {
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
        .poll(async () => (await server.post("/wechatpush/statistics", { id })).json, { timeout: 20_000 })
        .toMatchObject({ data: { 推送人数: 25, 推送成功人数: 25 } });
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

  run("the command line works on it", async () => {
    const url = await engine.newUrl("");
    expect((await runCommand(["migrate", "sql"], { DATABASE_URL: url })).stdout).toContain("CREATE TABLE rk_users");
    await runCommand(["migrate", "up"], { DATABASE_URL: url });
    const status = await runCommand(["migrate", "status", "--json"], { DATABASE_URL: url });
    expect(status.answer).toMatchObject({ state: "current", file: expect.not.stringContaining("@") });
    const report = await runCommand(["report", "--json"], { DATABASE_URL: url });
    expect(report.answer).toMatchObject({ rule_id: null });
    const doctor = await runCommand(["doctor"], { DATABASE_URL: url });
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
