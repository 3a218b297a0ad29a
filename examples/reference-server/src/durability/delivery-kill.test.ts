// Servers are killed while they send; the provider's own books tell whether anybody was lost or sent to twice.
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { createRecallKit, silentLogger } from "@recallkit/core";
import { startWecomSimulator } from "@recallkit/wecom/simulator";
import { describe, expect, onTestFinished, test } from "vitest";
import { moduleMigrations } from "../app.js";
import { parseDatabaseUrl } from "../config/database-url.js";
import { openStoresAt } from "../open-stores.js";
import { engines } from "../testing/engines.js";

const main = fileURLToPath(new URL("../../dist/main.js", import.meta.url));
const KILLS = Number(process.env.KILLS ?? 5);
const PEOPLE = 60 * KILLS;
/** Short, so that what takes minutes in a shop takes seconds here; their order is the same. */
const TIMINGS = {
  LEASE_MS: "1500",
  HEARTBEAT_MS: "500",
  SEND_DEADLINE_MS: "800",
  PROVIDER_TIMEOUT_MS: "1500",
  SETTLE_WINDOW_MS: "3000",
  RECONCILE_SCHEDULE_MS: "300,1000,4000,6000,9000,15000,30000",
  SWEEP_INTERVAL_MS: "300",
  RESULTS_POLL_MS: "500",
};

/** Starts the built server. @returns how to kill it */
async function startServer(environment: Readonly<Record<string, string>>): Promise<() => Promise<void>> {
  const child = spawn(process.execPath, [main, "--role", "all"], {
    env: { PATH: process.env.PATH, ...environment },
    stdio: ["ignore", "pipe", "ignore"],
  });
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const kill = async () => {
    child.kill("SIGKILL");
    await ended;
  };
  onTestFinished(kill);
  let printed = "";
  for await (const chunk of child.stdout) {
    printed += String(chunk);
    if (/ready: http/.test(printed)) break;
  }
  child.stdout.resume();
  return kill;
}

describe.each(engines.map((engine) => [engine.name, engine] as const))("%s", (_, engine) => {
  const run = engine.missing === undefined ? test : test.skip;

  run(
    `${KILLS} kills of a server that sends: nobody lost, nobody twice, nothing untrue`,
    {
      timeout: 60_000 + KILLS * 20_000,
    },
    async () => {
      const folder = await mkdtemp(join(tmpdir(), "recallkit-send-"));
      onTestFinished(() => rm(folder, { recursive: true, force: true }));
      const simulator = await startWecomSimulator({
        corps: [{ corpId: "ww1", secret: "s" }],
        confirm: { afterMs: 200 },
      });
      onTestFinished(() => simulator.close());
      const url = await engine.newUrl(folder);
      const setting = parseDatabaseUrl(url);
      if (typeof setting === "string") throw new Error(setting);
      const stores = await openStoresAt(setting, { sets: moduleMigrations });
      onTestFinished(() => stores.close());
      await stores.migrate();
      const kit = createRecallKit({ stores, logger: silentLogger });
      await kit.customers.upsert(
        Array.from({ length: PEOPLE }, (__, n) => ({ externalKey: `c${n}`, externalUserId: `wm_${n}` })),
      );
      const { id: ruleId } = await kit.rules.create({
        name: "everybody",
        segment: { everybody: true },
        validFrom: "2020-01-01",
        validTo: "2100-12-31",
        content: { text: "喵～ https://shop.example/r" },
      });
      const { id } = await kit.occurrences.runNow(ruleId);
      const environment = {
        PORT: "0",
        DATA_DIR: folder,
        DATABASE_URL: url,
        SAMPLE_DATA: "off",
        SECRET_KEY: "pJ3v8Qm1xZ7Lr5Tn9Wb2Yc6Kd4Hf0Sg8",
        WECOM_CORP_ID: "ww1",
        WECOM_SECRET: "s",
        WECOM_BASE_URL: simulator.url,
        WECOM_BATCH_SIZE: "10",
        FREQUENCY_CAPS: "off",
        ...TIMINGS,
      };
      for (let kill = 0; kill < KILLS; kill++) {
        // Some answers are lost on top of it, and some calls take their time.
        simulator.faults.push({ on: "add_msg_template", kind: "accept-then-reset" });
        simulator.faults.push({ on: "add_msg_template", kind: "late", delayMs: 300 });
        const end = await startServer(environment);
        const seen = simulator.ledger.tasks.length;
        await expect
          .poll(() => simulator.ledger.tasks.length > seen || kill > 1, { timeout: 20_000, interval: 5 })
          .toBe(true);
        await wait(Math.floor(((kill * 0.618034) % 1) * 250));
        await end();
      }
      await startServer(environment);
      await expect
        .poll(async () => (await kit.occurrences.status(id)).state, { timeout: 60_000, interval: 200 })
        .toMatch(/^completed/);

      const { deliveries } = await kit.occurrences.status(id);
      expect(Object.values(deliveries).reduce((sum, count) => sum + count, 0)).toBe(PEOPLE);
      const tasks = simulator.ledger.tasksPerCustomer();
      expect([...tasks].filter(([, count]) => count > 1)).toEqual([]);
      for (let cursor: string | null | undefined; cursor !== null; ) {
        const page = await kit.deliveries.list({ occurrenceId: id, limit: 200, ...(cursor && { cursor }) });
        for (const { address, state } of page.items) {
          const isTaken = state === "accepted" || state === "delivered" || state === "not_delivered";
          expect([address, isTaken]).toEqual([address, tasks.has(address ?? "")]);
        }
        cursor = page.nextCursor;
      }
      expect(tasks.size).toBe(PEOPLE);
      // It was in the middle of calls that the servers ended.
      const { items } = await kit.attempts.list({ limit: 200 });
      expect(items.filter((attempt) => attempt.class === "UNKNOWN").length).toBeGreaterThan(0);
    },
  );
});
