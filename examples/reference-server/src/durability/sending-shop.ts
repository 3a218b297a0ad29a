// A shop whose servers send while they are disturbed, against WeCom's simulator with books of its own.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createRecallKit, type RecallKit, silentLogger } from "@recallkit/core";
import { startWecomSimulator, type WecomSimulator } from "@recallkit/wecom/simulator";
import { expect, onTestFinished } from "vitest";
import { moduleMigrations } from "../app.js";
import { parseDatabaseUrl } from "../config/database-url.js";
import { openStoresAt } from "../open-stores.js";

const main = fileURLToPath(new URL("../../dist/main.js", import.meta.url));

/** Short, so that what takes minutes in a shop takes seconds here; their order is the same. */
export const SHORT_TIMINGS = {
  LEASE_MS: "1500",
  HEARTBEAT_MS: "500",
  SEND_DEADLINE_MS: "800",
  PROVIDER_TIMEOUT_MS: "1500",
  SETTLE_WINDOW_MS: "3000",
  RECONCILE_SCHEDULE_MS: "300,1000,4000,6000,9000,15000,30000",
  SWEEP_INTERVAL_MS: "300",
  RESULTS_POLL_MS: "500",
};

/** A server in a process of its own. */
export interface ServerProcess {
  /** Where it answers; empty if it ended before it was ready. */
  readonly url: string;
  signal(signal: NodeJS.Signals): void;
  /** What ended it: an exit code, or the name of a signal. */
  readonly ended: Promise<number | NodeJS.Signals>;
  kill(): Promise<void>;
}

export interface SendingShop {
  readonly simulator: WecomSimulator;
  readonly kit: RecallKit;
  readonly folder: string;
  readonly people: number;
  /** Starts the built server, or that of another version, and waits until it is ready. */
  start(
    environment?: Readonly<Record<string, string>>,
    args?: readonly string[],
    program?: string,
  ): Promise<ServerProcess>;
  /** Orders a push to everybody. @returns its id */
  push(): Promise<number>;
  /** Until the provider has got so many tasks, or as many as there will be. */
  untilTasks(count: number): Promise<void>;
  /** Until every push has ended, whoever is running. */
  untilDone(): Promise<void>;
  /** Holds the ledger of a push against the provider's books: nobody lost, nobody twice, nothing untrue. */
  expectBooksAgree(occurrenceId: number): Promise<void>;
}

/** Opens a shop on an empty database; everything ends with the test. */
export async function openSendingShop(options: {
  readonly newUrl: (folder: string) => Promise<string>;
  readonly people: number;
  readonly environment?: Readonly<Record<string, string>>;
}): Promise<SendingShop> {
  const { people } = options;
  const folder = await mkdtemp(join(tmpdir(), "recallkit-send-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const simulator = await startWecomSimulator({
    corps: [{ corpId: "ww1", secret: "s" }],
    confirm: { afterMs: 200 },
  });
  onTestFinished(() => simulator.close());
  const url = await options.newUrl(folder);
  const setting = parseDatabaseUrl(url);
  if (typeof setting === "string") throw new Error(setting);
  const stores = await openStoresAt(setting, { sets: moduleMigrations });
  onTestFinished(() => stores.close());
  await stores.migrate();
  const kit = createRecallKit({ stores, logger: silentLogger });
  await kit.customers.upsert(
    Array.from({ length: people }, (_, n) => ({ externalKey: `c${n}`, externalUserId: `wm_${n}` })),
  );
  const { id: ruleId } = await kit.rules.create({
    name: "everybody",
    segment: { everybody: true },
    validFrom: "2020-01-01",
    validTo: "2100-12-31",
    channel: "wecom",
    content: { text: "喵～ https://shop.example/r" },
  });
  const common = {
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
    ...SHORT_TIMINGS,
    ...options.environment,
  };
  const pushes: number[] = [];
  /** Whether it has ended; not known while the database is away. */
  const hasEnded = async (id: number) =>
    kit.occurrences.status(id).then(
      ({ state }) => state.startsWith("completed"),
      () => false,
    );
  return {
    simulator,
    kit,
    folder,
    people,
    start: (environment = {}, args = ["--role", "all"], program = main) =>
      startServerProcess({ ...common, ...environment }, args, program),
    async push() {
      const { id } = await kit.occurrences.runNow(ruleId);
      pushes.push(id);
      return id;
    },
    async untilTasks(count) {
      const all = (people / Number(common.WECOM_BATCH_SIZE)) * pushes.length;
      await expect
        .poll(() => simulator.ledger.tasks.length, { timeout: 30_000, interval: 5 })
        .toBeGreaterThanOrEqual(Math.min(count, all));
    },
    async untilDone() {
      await expect
        .poll(async () => (await Promise.all(pushes.map(hasEnded))).every(Boolean), { timeout: 90_000, interval: 200 })
        .toBe(true);
    },
    async expectBooksAgree(occurrenceId) {
      const { deliveries } = await kit.occurrences.status(occurrenceId);
      expect(Object.values(deliveries).reduce((sum, count) => sum + count, 0)).toBe(people);
      const tasks = simulator.ledger.tasksPerCustomer();
      expect([...tasks].filter(([, count]) => count > pushes.length)).toEqual([]);
      expect(tasks.size).toBe(people);
      for (let cursor: string | null | undefined; cursor !== null; ) {
        const page = await kit.deliveries.list({ occurrenceId, limit: 200, ...(cursor && { cursor }) });
        for (const { address, state } of page.items) {
          const isTaken = state === "accepted" || state === "delivered" || state === "not_delivered";
          expect([address, isTaken]).toEqual([address, (tasks.get(address ?? "") ?? 0) === pushes.length]);
        }
        cursor = page.nextCursor;
      }
    },
  };
}

/** Starts the built server and waits until it is ready; it ends with the test. */
export async function startServerProcess(
  environment: Readonly<Record<string, string>>,
  args: readonly string[] = ["--role", "all"],
  program = main,
): Promise<ServerProcess> {
  const child: ChildProcess = spawn(process.execPath, [program, ...args], {
    env: { PATH: process.env.PATH, ...environment },
    stdio: ["ignore", "pipe", "ignore"],
  });
  const ended = new Promise<number | NodeJS.Signals>((resolve) => {
    child.once("close", (code, signal) => resolve(code ?? signal ?? 1));
  });
  const kill = async () => {
    child.kill("SIGKILL");
    await ended;
  };
  onTestFinished(kill);
  // Read to its end: a process whose output is cut off dies of it.
  const url = await new Promise<string>((resolve) => {
    let printed = "";
    child.stdout?.on("data", (chunk: Buffer) => {
      printed += String(chunk);
      const ready = /ready: (http:\S+)\n/.exec(printed)?.[1];
      if (ready) resolve(ready);
    });
    child.once("close", () => resolve(""));
  });
  return { url, signal: (signal) => void child.kill(signal), ended, kill };
}
