// Servers are killed while a batch of messages drains; what phones received tells whether any was lost or sent twice.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { createRecallKit, silentLogger } from "@recallkit/core";
import { startSmsSimulator } from "@recallkit/sms/simulator";
import { describe, expect, onTestFinished, test } from "vitest";
import { moduleMigrations } from "../app.js";
import { parseDatabaseUrl } from "../config/database-url.js";
import { openStoresAt } from "../open-stores.js";
import { engines } from "../testing/engines.js";
import { startServerProcess } from "./sending-shop.js";

const KILLS = Number(process.env.KILLS ?? 2);
const MESSAGES = 300 * KILLS;
/** Other endings are refused by the simulator. */
const mobile = (n: number) => `138${String(10_000_000 + n * 10 + 8)}`;

describe.each(engines.map((engine) => [engine.name, engine] as const))("%s", (name, engine) => {
  const run = engine.missing === undefined ? test : test.skip;

  run(
    `${KILLS} kills of a server while a batch drains: no message lost, none twice, nothing untrue`,
    { timeout: 90_000 + KILLS * 20_000 },
    async () => {
      const folder = await mkdtemp(join(tmpdir(), "recallkit-messages-"));
      onTestFinished(() => rm(folder, { recursive: true, force: true }));
      const simulator = await startSmsSimulator();
      onTestFinished(() => simulator.close());
      const url = await engine.newUrl(folder);
      const setting = parseDatabaseUrl(url);
      if (typeof setting === "string") throw new Error(setting);
      const stores = await openStoresAt(setting, { sets: moduleMigrations });
      onTestFinished(() => stores.close());
      await stores.migrate();
      const kit = createRecallKit({ stores, logger: silentLogger });
      const { id: templateId } = await kit.messages.templates.create({
        name: "shipped",
        channel: "sms",
        content: { text: "您的订单 {{order_no}} 已发货" },
        variables: { order_no: {} },
        messageClass: "transactional",
      });
      const recipients = Array.from({ length: MESSAGES }, (_, n) => ({
        recipient: mobile(n),
        variables: { order_no: n },
      }));
      const { id: batchId } = await kit.messages.sendBatch({ templateId, recipients });
      const start = () =>
        startServerProcess({
          ...{ PORT: "0", DATA_DIR: folder, DATABASE_URL: url, SAMPLE_DATA: "off", SIMULATORS: "off" },
          ...{ SECRET_KEY: "pJ3v8Qm1xZ7Lr5Tn9Wb2Yc6Kd4Hf0Sg8", SMS_SIGNATURE: "喵星球" },
          ...{ YUNPIAN_API_KEY: "simulator-apikey", YUNPIAN_BASE_URL: simulator.url, MESSAGES_IN_FLIGHT: "8" },
          ...{ LEASE_MS: "1500", HEARTBEAT_MS: "500", SEND_DEADLINE_MS: "800", PROVIDER_TIMEOUT_MS: "1500" },
          ...{ SETTLE_WINDOW_MS: "3000", RECONCILE_SCHEDULE_MS: "300,1000,4000,6000,9000,15000,30000" },
          ...{ SWEEP_INTERVAL_MS: "300", RESULTS_POLL_MS: "500" },
        });
      for (let kill = 0; kill < KILLS; kill++) {
        // An answer that does not come, of a call that was performed: the server dies while it waits.
        simulator.faults.push({ on: "*", kind: "hang" });
        const before = simulator.ledger.messages.length;
        const server = await start();
        const isSending = () => simulator.ledger.messages.length;
        await expect.poll(isSending, { timeout: 30_000, interval: 2 }).toBeGreaterThan(before);
        await wait(Math.floor(((kill * 0.618034) % 1) * 60));
        await server.kill();
      }
      simulator.faults.clear();
      await start();
      const isDone = async () => (await kit.messages.batch(batchId)).progress;
      await expect.poll(isDone, { timeout: 80_000, interval: 200 }).toBe(1);
      const perNumber = simulator.ledger.sentPerNumber();
      expect([...perNumber].filter(([, count]) => count > 1)).toEqual([]);
      expect(perNumber.size).toBe(MESSAGES);
      const { byState } = await kit.messages.batch(batchId);
      const { accepted = 0, delivered = 0 } = byState;
      expect(accepted + delivered).toBe(MESSAGES);
      if (KILLS > 5) process.stdout.write(`${name}: ${KILLS} kills, ${MESSAGES} messages: 0 lost, 0 twice\n`);
    },
  );
});
