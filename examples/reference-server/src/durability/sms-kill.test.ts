// A server is killed while it sends SMS; what phones received tells whether anybody was left out or sent to twice.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { createRecallKit, silentLogger } from "@recallkit/core";
import { startSmsSimulator } from "@recallkit/sms/simulator";
import { expect, onTestFinished, test } from "vitest";
import { moduleMigrations } from "../app.js";
import { openStoresAt } from "../open-stores.js";
import { freePort } from "../testing/free-port.js";
import { startServerProcess } from "./sending-shop.js";

const PEOPLE = 300;
const KILLS = 2;
const PATIENCE = { timeout: 40_000, interval: 50 };
const number = (n: number) => `+86138${String(10_000_000 + n * 10 + 8)}`;

test(`${KILLS} kills of a server that sends SMS: nobody left out, nobody twice; reports come by callback, and who refuses is left out of the next push`, {
  timeout: 120_000,
}, async () => {
  const folder = await mkdtemp(join(tmpdir(), "recallkit-sms-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const port = await freePort();
  const own = `http://127.0.0.1:${port}/api/callbacks/yunpian/default`;
  const simulator = await startSmsSimulator({ reportUrls: { yunpian: own }, replyUrl: own });
  onTestFinished(() => simulator.close());
  const file = join(folder, "recallkit.db");
  const stores = await openStoresAt({ engine: "sqlite", file }, { sets: moduleMigrations });
  onTestFinished(() => stores.close());
  await stores.migrate();
  const kit = createRecallKit({ stores, logger: silentLogger });
  await kit.customers.upsert(
    Array.from({ length: PEOPLE }, (_, n) => ({ externalKey: `c${n}`, name: `客户${n}`, mobile: number(n) })),
  );
  const ruleOf = (text: string) => ({
    name: text,
    segment: { everybody: true as const },
    validFrom: "2020-01-01",
    validTo: "2100-12-31",
    channel: "sms",
    content: { text: `{{customer_name}}，${text}` },
    variables: { customer_name: "朋友" },
  });
  const push = async (text: string) => {
    const { id: ruleId } = await kit.rules.create(ruleOf(text));
    return (await kit.occurrences.runNow(ruleId)).id;
  };
  const counts = async (id: number) => (await kit.occurrences.status(id)).deliveries;
  const start = () =>
    startServerProcess({
      PORT: String(port),
      DATA_DIR: folder,
      SAMPLE_DATA: "off",
      SECRET_KEY: "pJ3v8Qm1xZ7Lr5Tn9Wb2Yc6Kd4Hf0Sg8",
      YUNPIAN_API_KEY: "simulator-apikey",
      YUNPIAN_BASE_URL: simulator.url,
      SMS_SIGNATURE: "喵星球",
      FREQUENCY_CAPS: "off",
      QUIET_HOURS: "off",
      LEASE_MS: "1500",
      HEARTBEAT_MS: "500",
      SEND_DEADLINE_MS: "800",
      PROVIDER_TIMEOUT_MS: "1500",
      SETTLE_WINDOW_MS: "3000",
      RECONCILE_SCHEDULE_MS: "300,1000,4000,6000,9000,15000",
      SWEEP_INTERVAL_MS: "300",
      // Only what comes by callback is heard of in time.
      RESULTS_POLL_MS: "600000",
    });

  const id = await push("好久不见");
  for (let kill = 0; kill < KILLS; kill++) {
    // The answer of a call that was performed does not come; the server dies while it waits.
    simulator.faults.push({ on: "*", kind: "hang" });
    const calls = simulator.ledger.calls.length;
    const server = await start();
    await expect.poll(() => simulator.ledger.calls.length, PATIENCE).toBeGreaterThan(calls);
    await wait(kill * 100);
    await server.kill();
  }
  simulator.faults.clear();
  await start();
  await expect.poll(async () => (await counts(id)).accepted ?? 0, PATIENCE).toBe(PEOPLE);
  const sent = simulator.ledger.sentPerNumber();
  expect([sent.size, ...new Set(sent.values())]).toEqual([PEOPLE, 1]);

  simulator.reply(number(7), "T");
  await expect.poll(async () => (await simulator.push()).refused, PATIENCE).toBe(0);
  await expect.poll(() => counts(id), PATIENCE).toEqual({ delivered: PEOPLE });

  const next = await push("新品到店");
  await expect.poll(() => counts(next), PATIENCE).toEqual({ accepted: PEOPLE - 1, suppressed: 1 });
  expect(simulator.ledger.sentPerNumber().get(number(7))).toBe(1);
});
