// Many clients at once, on two server processes over one database.
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createRecallKit, RecallKitError, silentLogger } from "@recallkit/core";
import { startWecomSimulator } from "@recallkit/wecom/simulator";
import { expect, onTestFinished } from "vitest";
import { moduleMigrations } from "../app.js";
import { parseDatabaseUrl } from "../config/database-url.js";
import { PUSH } from "../contract/shop.js";
import { openStoresAt } from "../open-stores.js";
import { TEST_PASSWORD, TEST_USERNAME } from "../testing/test-server.js";

const main = fileURLToPath(new URL("../../dist/main.js", import.meta.url));
const counter = new URL("count-transactions.mjs", import.meta.url).href;
const SERVERS = 2;
const CLIENTS = 8;
const PEOPLE = 60;

/** What became of the requests. */
export interface Busyness {
  /** Answers by status. */
  readonly statuses: Readonly<Record<number, number>>;
  /** Answers of 500 and above, as `POST /path 503 code`. */
  readonly faults: readonly string[];
  /** Log lines of a storage that was busy or of a step that failed. */
  readonly complaints: readonly string[];
  /** Imports beside the requests, and the codes of those that failed. */
  readonly imports: number;
  readonly failedImports: readonly string[];
  readonly seconds: number;
  /** Transactions of the servers, and those that the database undid; zeros unless they are counted. */
  readonly begun: number;
  readonly undone: number;
}

/** Sends requests by 8 clients to each of two servers, and imports the same people again and again meanwhile. */
export async function keepBusy(
  url: string,
  requests: number,
  { isCounted = false }: { readonly isCounted?: boolean } = {},
): Promise<Busyness> {
  const folder = await mkdtemp(join(tmpdir(), "recallkit-busy-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const simulator = await startWecomSimulator({ corps: [{ corpId: "ww1", secret: "s" }], confirm: { afterMs: 50 } });
  onTestFinished(() => simulator.close());
  const setting = parseDatabaseUrl(url);
  if (typeof setting === "string") throw new Error(setting);
  const stores = await openStoresAt(setting, { sets: moduleMigrations });
  onTestFinished(() => stores.close());
  await stores.migrate();
  const kit = createRecallKit({ stores, logger: silentLogger });
  const people = (name: string) =>
    Array.from({ length: PEOPLE }, (_, n) => ({ externalKey: `c${n}`, externalUserId: `wm_${n}`, name }));
  await kit.customers.upsert(people("0"));

  const complaints: string[] = [];
  const environment = {
    PORT: "0",
    DATA_DIR: folder,
    DATABASE_URL: url,
    SAMPLE_DATA: "off",
    RATE_LIMITS: "off",
    SECRET_KEY: "pJ3v8Qm1xZ7Lr5Tn9Wb2Yc6Kd4Hf0Sg8",
    BOOTSTRAP_USERNAME: TEST_USERNAME,
    BOOTSTRAP_PASSWORD: TEST_PASSWORD,
    WECOM_CORP_ID: "ww1",
    WECOM_SECRET: "s",
    WECOM_BASE_URL: simulator.url,
    WECOM_BATCH_SIZE: "10",
    SWEEP_INTERVAL_MS: "300",
    RESULTS_POLL_MS: "300",
  };
  const processes: Server[] = [];
  for (let n = 0; n < SERVERS; n++) {
    const counting = isCounted ? { TRANSACTION_COUNTS: join(folder, "counts") } : {};
    processes.push(await startServer({ ...environment, ...counting }, complaints));
  }
  const servers = processes.map(({ address }) => address);
  const token = await logIn(servers[0] ?? "");

  const statuses: Record<number, number> = {};
  const faults: string[] = [];
  let left = requests;
  const ask = async (server: string, path: string, body: object): Promise<Record<string, unknown>> => {
    left--;
    const response = await fetch(server + path, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    const answer = (await response.json()) as Record<string, unknown>;
    statuses[response.status] = (statuses[response.status] ?? 0) + 1;
    if (response.status >= 500) faults.push(`POST ${path} ${response.status} ${JSON.stringify(answer)}`);
    return answer;
  };
  // Rules are shared by the clients, so that they come into each other's way.
  const client = async (server: string, own: number) => {
    for (let round = 0; left > 0; round++) {
      await ask(server, "/wechatpush/create", { ...PUSH, name: `${own} ${round}` });
      const id = 1 + ((own * 7 + round * 3) % Math.max(1, Math.min(40, round * SERVERS * CLIENTS)));
      const run = await ask(server, "/wechatpush/run", { id });
      await ask(server, "/wechatpush/editstatus", { id, status: 0 });
      await ask(server, "/wechatpush/preview", { id });
      await ask(server, "/wechatpush/editstatus", { id, status: 1 });
      const occurrence = (run.data as { occurrenceId?: number } | undefined)?.occurrenceId;
      if (occurrence !== undefined) await ask(server, `/api/ops/occurrences/${occurrence}/cancel`, {});
      await ask(server, "/api/suppressions", { address: `wm_${(own + round) % PEOPLE}`, reason: "blocklist" });
      await ask(server, "/api/labels", { labels: [{ kind: "store", key: `${round % 9}`, name: `${own}` }] });
    }
  };
  let imports = 0;
  const failedImports: string[] = [];
  const importer = async () => {
    while (left > 0) {
      imports++;
      await kit.customers.upsert(people(String(imports))).catch((error: unknown) => {
        failedImports.push(RecallKitError.is(error) ? error.code : String(error));
      });
    }
  };
  const startedAt = performance.now();
  const clients = servers.flatMap((server, n) =>
    Array.from({ length: CLIENTS }, (_, c) => client(server, n * CLIENTS + c)),
  );
  await Promise.all([...clients, importer(), importer()]);
  const seconds = (performance.now() - startedAt) / 1000;
  const counts = isCounted ? await Promise.all(processes.map(({ count }) => count())) : [];
  const sum = (of: "begun" | "undone") => counts.reduce((total, each) => total + each[of], 0);
  const [begun, undone] = [sum("begun"), sum("undone")];
  return { statuses, faults, complaints, imports, failedImports, seconds, begun, undone };
}

async function logIn(server: string): Promise<string> {
  const response = await fetch(`${server}/login`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ username: TEST_USERNAME, password: TEST_PASSWORD }),
  });
  const { token } = (await response.json()) as { token?: string; data?: { token?: string } };
  if (token === undefined) throw new Error(`no login: ${response.status}`);
  return token;
}

interface Server {
  readonly address: string;
  /** Only of a server that was started with TRANSACTION_COUNTS. */
  count(): Promise<{ readonly begun: number; readonly undone: number }>;
}

/** Starts a server in a process of its own, which ends with the test. */
async function startServer(environment: Readonly<Record<string, string>>, complaints: string[]): Promise<Server> {
  const file = environment.TRANSACTION_COUNTS;
  const preloaded = file === undefined ? [] : ["--import", counter];
  const child: ChildProcess = spawn(process.execPath, [...preloaded, main, "--role", "all"], {
    env: { PATH: process.env.PATH, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = new Promise<void>((resolve) => {
    child.once("close", () => resolve());
  });
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await ended;
  });
  let logged = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    const lines = (logged + String(chunk)).split("\n");
    logged = lines.pop() ?? "";
    complaints.push(...lines.filter((line) => /storage\.busy|step_failed|snapshot_failed/.test(line)));
  });
  const address = await new Promise<string>((resolve, reject) => {
    let printed = "";
    child.stdout?.on("data", (chunk: Buffer) => {
      printed += String(chunk);
      const address = /ready: (http:\/\/\S+)/.exec(printed)?.[1];
      if (address) resolve(address.replace(/\/$/, ""));
    });
    child.once("close", () => reject(new Error(`the server did not start: ${logged}`)));
  });
  return {
    address,
    async count() {
      child.kill("SIGUSR2");
      const told = `${file}.${child.pid}`;
      await expect.poll(() => existsSync(told), { timeout: 10_000 }).toBe(true);
      return JSON.parse(await readFile(told, "utf8"));
    },
  };
}
