import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLogger } from "@recallkit/core";
import { startWecomSimulator } from "@recallkit/wecom/simulator";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Environment } from "./config/environment.js";
import { readConfig } from "./config.js";
import type { ServerRole } from "./frame/context.js";
import { type RunningServer, startServer } from "./server.js";
import { serverArguments } from "./server-process.js";

let dataDir: string;
let printed: string[];
const running: RunningServer[] = [];

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "recallkit-start-"));
  printed = [];
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.stop()));
  await rm(dataDir, { recursive: true, force: true });
});

async function start(environment: Environment = {}, role: ServerRole = "all"): Promise<RunningServer> {
  const variables = {
    PORT: "0",
    DATA_DIR: dataDir,
    SAMPLE_DATA: "off",
    BOOTSTRAP_PASSWORD: "correct horse",
    ...environment,
  };
  const server = await startServer({
    config: readConfig(variables, role),
    role,
    print: (line) => printed.push(line),
    logger: silentLogger,
    passwordCost: { costBits: 4, blockSize: 1, parallelism: 1 },
  });
  running.push(server);
  return server;
}

describe("startServer", () => {
  test("prints one line with ready and the URL, and keeps its secret for itself", async () => {
    const { url } = await start();
    expect(printed.filter((line) => line.includes("ready"))).toEqual([expect.stringContaining(url)]);
    expect((await stat(join(dataDir, "secret.key"))).mode & 0o777).toBe(0o600);
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
  });

  test("starts again on its own data", async () => {
    await (await start()).stop();
    const { url } = await start();
    expect((await fetch(`${url}/health`)).status).toBe(200);
  });

  test("a taken port is named", async () => {
    const { url } = await start();
    await expect(start({ PORT: new URL(url).port, DATABASE_URL: "sqlite::memory:" })).rejects.toMatchObject({
      option: "PORT",
    });
  });

  test.each(["worker", "scheduler"] as const)("a %s serves the probes only", async (role) => {
    const { url } = await start({}, role);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    for (const path of ["/health", "/login", "/docs", "/"]) expect((await fetch(url + path)).status).toBe(404);
  });

  test("the zone of the environment becomes the first merchant's", async () => {
    const { context } = await start({ TIME_ZONE: "America/New_York" });
    expect((await context.kit.tenant()).timeZone).toBe("America/New_York");
  });

  test("without credentials and simulators batches wait", async () => {
    const { context } = await start({ SIMULATORS: "off" });
    const { kit } = context;
    await kit.customers.upsert([{ externalKey: "c1", externalUserId: "wm_1" }]);
    const day = "2024-01-01";
    const rule = await kit.rules.create({
      name: "等待",
      segment: { everybody: true },
      channel: "wecom",
      slots: [],
      validFrom: day,
      validTo: day,
      content: { text: "hi https://shop.example.com" },
    });
    const { id } = await kit.occurrences.runNow(rule.id, { force: true });
    await expect
      .poll(async () => (await kit.occurrences.status(id)).deliveries, { timeout: 60_000 })
      .toEqual({ in_batch: 1 });
    expect((await kit.occurrences.status(id)).batches).not.toHaveProperty("accepted");
  });
});

describe("stop", () => {
  test("waits for an open call of the provider and is not ready meanwhile", async () => {
    const simulator = await startWecomSimulator({ corps: [{ corpId: "ww1", secret: "s1" }] });
    try {
      simulator.faults.push({ on: "add_msg_template", kind: "late" });
      const server = await start({ WECOM_CORP_ID: "ww1", WECOM_SECRET: "s1", WECOM_BASE_URL: simulator.url });
      const { kit } = server.context;
      await kit.customers.upsert([{ externalKey: "c1", externalUserId: "wm_1" }]);
      const rule = await kit.rules.create({
        name: "停机",
        segment: { everybody: true },
        channel: "wecom",
        slots: [],
        validFrom: "2024-01-01",
        validTo: "2024-01-01",
        content: { text: "hi https://shop.example.com" },
      });
      const { id } = await kit.occurrences.runNow(rule.id, { force: true });
      await simulator.faults.whenHeld();

      const stopped = server.stop();
      const ready = await fetch(`${server.url}/readyz`);
      expect([ready.status, await ready.json()]).toEqual([
        503,
        { status: "not_ready", missing: { server: "draining" } },
      ]);
      simulator.faults.release();
      await stopped;

      const again = await start({ WECOM_CORP_ID: "ww1", WECOM_SECRET: "s1", WECOM_BASE_URL: simulator.url });
      expect((await again.context.kit.occurrences.status(id)).batches).toEqual({ accepted: 1 });
      expect(simulator.ledger.figures().tasks).toBe(1);
    } finally {
      await simulator.close();
    }
  });

  test("may be called again", async () => {
    const server = await start();
    await Promise.all([server.stop(), server.stop()]);
    await expect(fetch(`${server.url}/healthz`)).rejects.toThrow();
  });
});

describe("serverArguments", () => {
  test.each([
    [[], "all"],
    [["--role", "worker"], "worker"],
    [["--role=api"], "api"],
  ])("%j is the role %s", (args, role) => {
    expect(serverArguments(args)).toEqual({ role, reconcilesFirst: false });
  });

  test("a database restored from a backup is named by a flag, which the API does not take", () => {
    expect(serverArguments(["--reconcile-first"])).toEqual({ role: "all", reconcilesFirst: true });
    expect(() => serverArguments(["--role", "api", "--reconcile-first"])).toThrow(/all of them but api/);
  });

  test.each([[["--role", "boss"]], [["--port", "1"]], [["serve"]], [["--role"]]])("%j is refused", (args) => {
    expect(() => serverArguments(args)).toThrow(/--role must be one of/);
  });
});
