import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { sqliteStores } from "@recallkit/storage-adapters/sqlite";
import { startWecomSimulator, type WecomSimulator } from "@recallkit/wecom/simulator";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

const main = fileURLToPath(new URL("../dist/main.js", import.meta.url));
const DAY = 86_400_000;

let simulator: WecomSimulator;
let dataDir: string;
const children = new Set<ChildProcess>();

beforeEach(async () => {
  simulator = await startWecomSimulator();
  dataDir = await mkdtemp(join(tmpdir(), "recallkit-process-"));
});

afterEach(async () => {
  for (const child of children) child.kill("SIGKILL");
  children.clear();
  await simulator.close();
  await rm(dataDir, { recursive: true, force: true });
});

/** Starts the built server. @returns once its line with `ready` is there */
async function startProcess(environment: Readonly<Record<string, string>> = {}) {
  const child = spawn(process.execPath, [main, "--role", "all"], {
    env: {
      PATH: process.env.PATH,
      PORT: "0",
      DATA_DIR: dataDir,
      SAMPLE_DATA: "off",
      BOOTSTRAP_USERNAME: "merchant",
      BOOTSTRAP_PASSWORD: "correct horse",
      WECOM_CORP_ID: "ww-simulator",
      WECOM_SECRET: "simulator-secret",
      WECOM_BASE_URL: simulator.url,
      ...environment,
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  children.add(child);
  let printed = "";
  for await (const chunk of child.stdout) {
    printed += String(chunk);
    const url = /ready: (http:\S+)/.exec(printed)?.[1];
    if (url) return { child, url };
  }
  throw new Error(`the server ended before it was ready: ${printed}`);
}

async function post(url: string, body: unknown, token?: string): Promise<unknown> {
  const headers = { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) };
  const response = await fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
  return response.json();
}

/** One lapsed customer and a push for him, set going. */
async function runPush(url: string): Promise<void> {
  const stores = await sqliteStores({ file: join(dataDir, "recallkit.db") });
  const at = Date.now();
  const base = { tenantId: 1, createdAt: at, updatedAt: at, rowHash: "0" };
  const [customerId = 0] = await stores.customers.insertMany([
    { ...base, externalKey: "c1", name: null, bornOn: null, timeZone: null, identities: { external_userid: "wm_1" } },
  ]);
  const order = {
    tenantId: 1,
    source: "shop",
    externalId: "o1",
    customerId,
    orderedAt: at - 35 * DAY,
    amountMinor: 100,
    status: "paid",
  };
  await stores.orders.insertMany([
    { ...order, refundedMinor: 0, refundedAt: null, rowHash: "0", lines: [], labelIds: [] },
  ]);
  await stores.close();
  const { token } = (await post(`${url}/login`, { username: "merchant", password: "correct horse" })) as {
    token: string;
  };
  await post(
    `${url}/wechatpush/create`,
    {
      name: "召回",
      status: 0,
      startDate: "2024-01-01",
      endDate: "2099-12-31",
      weekDayPushTime: [{ week: 1, time: "10:00" }],
      lastOrderDay: 30,
      lastOrderDayLimit: 45,
      content: "喵～ https://shop.example.com",
    },
    token,
  );
  expect(await post(`${url}/wechatpush/run`, { id: 1 }, token)).toMatchObject({ success: true });
}

async function batchStates(): Promise<readonly string[]> {
  const stores = await sqliteStores({ file: join(dataDir, "recallkit.db") });
  const { items } = await stores.batches.list(1, {});
  await stores.close();
  return items.map(({ state }) => state);
}

describe.skipIf(!existsSync(main))("the built server as a process", () => {
  test("SIGTERM lets the call under way end, keeps its answer, and exits with 0", async () => {
    simulator.faults.push({ on: "add_msg_template", kind: "late" });
    const { child, url } = await startProcess();
    const exited = once(child, "exit");
    await runPush(url);
    await simulator.faults.whenHeld();
    child.kill("SIGTERM");
    simulator.faults.release();
    expect(await exited).toEqual([0, null]);
    expect(await batchStates()).toEqual(["accepted"]);
    expect(simulator.ledger.tasks).toHaveLength(1);
  });

  test("a kill -9 in the middle of a call loses nothing and sends nothing twice: the next start finds the task by its marker", async () => {
    simulator.faults.push({ on: "add_msg_template", kind: "hang" });
    const first = await startProcess();
    await runPush(first.url);
    await simulator.faults.whenHeld();
    const killed = once(first.child, "exit");
    first.child.kill("SIGKILL");
    await killed;
    expect(await batchStates()).toEqual(["dispatching"]);

    const timings = {
      LEASE_MS: "200",
      HEARTBEAT_MS: "50",
      SWEEP_INTERVAL_MS: "50",
      RECONCILE_SCHEDULE_MS: "50,100,200,400,800,1600",
    };
    // The lease in the file is still the first process's; it ends after a minute, so this one is told by hand that it is over.
    const stores = await sqliteStores({ file: join(dataDir, "recallkit.db") });
    await stores.sql.updateTable("rk_batches").set({ lease_until: 0 }).execute();
    await stores.close();
    const looked = simulator.ledger.calls.length;
    const second = await startProcess(timings);
    const { token } = (await post(`${second.url}/login`, { username: "merchant", password: "correct horse" })) as {
      token: string;
    };
    const headers = { authorization: `Bearer ${token}` };
    await expect
      .poll(async () => (await fetch(`${second.url}/api/ops/batches`, { headers })).json(), { timeout: 60_000 })
      .toMatchObject({ items: [{ state: "accepted" }] });
    const exited = once(second.child, "exit");
    second.child.kill("SIGTERM");
    expect(await exited).toEqual([0, null]);
    expect(simulator.ledger.tasks).toHaveLength(1);
    expect(simulator.ledger.calls.slice(looked).map(({ path }) => path)).toContain(
      "/cgi-bin/externalcontact/get_groupmsg_list_v2",
    );
  });
});
