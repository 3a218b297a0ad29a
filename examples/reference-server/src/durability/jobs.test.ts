// Two processes run the jobs of one ledger.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createScheduler, defineJob } from "@recallkit/scheduler";
import { describe, expect, onTestFinished, test } from "vitest";
import { parseDatabaseUrl } from "../config/database-url.js";
import { openStoresAt } from "../open-stores.js";
import { type Child, startChild } from "../testing/child.js";
import { type Engine, engines } from "../testing/engines.js";

const FIRINGS = 60;

/** Says what it runs; a run with the parameter `wait` never ends by itself. */
const PROGRAM = `
import { createScheduler, defineJob } from "@recallkit/scheduler";
const stores = await open(false);
const job = defineJob({
  name: "count", schedule: "by-hand", overlap: "allow", retries: { times: 1 },
  async run({ runId, attempt, parameter, signal }) {
    say([runId, attempt].join(" "));
    if (parameter === "wait" && attempt === 1) await new Promise(() => {});
    return { runId };
  },
});
const scheduler = createScheduler({ stores, jobs: [job], pollMs: 20, leaseMs: Number(process.env.LEASE_MS), slots: 4 });
say("ready");
await scheduler.run({ signal: new AbortController().signal });`;

async function ledger(engine: Engine) {
  const folder = await mkdtemp(join(tmpdir(), "recallkit-jobs-"));
  const url = await engine.newUrl(folder);
  const setting = parseDatabaseUrl(url);
  if (typeof setting === "string") throw new Error(setting);
  const stores = await openStoresAt(setting, { sets: [] });
  onTestFinished(async () => {
    await stores.close();
    await rm(folder, { recursive: true, force: true });
  });
  await stores.migrate();
  const job = defineJob({
    ...{ name: "count", schedule: "by-hand", overlap: "allow", retries: { times: 1 } },
    run: async () => undefined,
  });
  const scheduler = createScheduler({ stores, jobs: [job] });
  const processes = async (leaseMs: number): Promise<readonly Child[]> => {
    const all = [1, 2].map(() => startChild(PROGRAM, { DATABASE_URL: url, LEASE_MS: String(leaseMs) }));
    for (const child of all) expect(await child.line()).toBe("ready");
    return all;
  };
  const states = async () => (await stores.jobs.runs({ limit: 200 })).items.map(({ state }) => state);
  return { scheduler, processes, states };
}

describe.each(engines)("on $name", (engine) => {
  const label = engine.missing ? ` (${engine.missing})` : "";

  test.skipIf(engine.missing)(`two processes run each firing once${label}`, async () => {
    const { scheduler, processes, states } = await ledger(engine);
    const all = await processes(60_000);
    const told: string[] = [];
    const heard = all.map(async (child) => {
      for (let line = await child.line(); line !== undefined; line = await child.line()) told.push(line);
    });
    for (let n = 0; n < FIRINGS; n++) await scheduler.trigger("count");
    await expect
      .poll(async () => (await states()).filter((state) => state === "succeeded").length, { timeout: 25_000 })
      .toBe(FIRINGS);
    for (const child of all) child.kill("SIGKILL");
    await Promise.all(heard);
    expect(told).toHaveLength(FIRINGS);
    expect(new Set(told).size).toBe(FIRINGS);
  });

  test.skipIf(engine.missing)(`what a killed process had begun is done by the other one${label}`, async () => {
    const { scheduler, processes, states } = await ledger(engine);
    const [run] = await scheduler.trigger("count", { parameter: "wait" });
    const all = await processes(500);
    const first = await Promise.race(all.map(async (child) => ({ child, line: await child.line() })));
    expect(first.line).toBe(`${run?.id} 1`);
    first.child.kill("SIGKILL");
    await expect.poll(states, { timeout: 25_000 }).toEqual(["succeeded"]);
    const { items } = await scheduler.history();
    expect(items.map(({ attempt, epoch }) => [attempt, epoch])).toEqual([[2, 2]]);
  });
});
