// Lead packages: importing calls, and dashboard and statistics by kept figures beside the plain aggregates over the calls.
// LEAD_CALLS says how many calls there are.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "../scripts/workspace.mjs";

const CALLS = Number(process.env.LEAD_CALLS ?? 100_000);
const PACKAGES = 10;
const at = (/** @type {string} */ path) => pathToFileURL(join(root, path)).href;
const RESULTS = ["connected", "no_answer", "busy", "voicemail", "rejected"];

/** A file of calls of one package, over a year. @param {string} path @param {number} from @param {number} count */
function writeCsv(path, from, count) {
  const lines = ["call_no,phone_number,call_time,duration,result,interested,agent,channel"];
  for (let n = from; n < from + count; n++) {
    const result = RESULTS[n % 7 < 3 ? 0 : 1 + (n % 4)] ?? "busy";
    const time = new Date(Date.UTC(2025, 0, 1) + (n % 365) * 86_400_000 + ((n % 12) + 1) * 3_600_000);
    const isTalk = result === "connected";
    const text = time.toISOString().slice(0, 19).replace("T", " ");
    lines.push(
      `${n},138${String(n).padStart(8, "0")},${text},${isTalk ? 30 + (n % 300) : 0},${result},${isTalk && n % 5 === 0 ? "yes" : ""},agent${n % 40},${n % 3 === 0 ? "web" : "fair"}`,
    );
  }
  writeFileSync(path, lines.join("\n"));
}

/** @param {() => Promise<unknown>} work @param {number} times */
async function medianMs(work, times) {
  const took = [];
  for (let n = 0; n < times; n++) {
    const begin = performance.now();
    await work();
    took.push(performance.now() - begin);
  }
  return took.sort((a, b) => a - b)[Math.floor(times / 2)] ?? 0;
}

export async function measure() {
  const folder = mkdtempSync(join(tmpdir(), "recallkit-bench-leads-"));
  process.env.TZ = "UTC";
  const { startServer } = await import(at("examples/reference-server/dist/server.js"));
  const { readConfig } = await import(at("examples/reference-server/dist/config.js"));
  const environment = {
    PORT: "0",
    DATA_DIR: folder,
    SAMPLE_DATA: "off",
    RATE_LIMITS: "off",
    LOG_LEVEL: "silent",
    BOOTSTRAP_USERNAME: "bench",
    BOOTSTRAP_PASSWORD: "correct horse battery",
    ...(process.env.DATABASE_URL && { DATABASE_URL: process.env.DATABASE_URL }),
  };
  const server = await startServer({ config: readConfig(environment), role: "all", print: () => {} });
  const json = { "content-type": "application/json" };
  const login = await fetch(`${server.url}/login`, {
    method: "POST",
    headers: json,
    body: JSON.stringify({ username: "bench", password: "correct horse battery" }),
  });
  const { token } = /** @type {{ token: string }} */ (await login.json());
  /** @param {string} method @param {string} path @param {unknown} [body] @returns {Promise<any>} */
  const ask = async (method, path, body) => {
    const headers = { authorization: `Bearer ${token}`, ...(typeof body === "string" ? {} : json) };
    const sent = body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) };
    const response = await fetch(server.url + path, { method, headers, ...sent });
    const answer = await response.json();
    if (!response.ok) throw new Error(`${method} ${path}: ${JSON.stringify(answer)}`);
    return answer;
  };
  const begin = performance.now();
  for (let n = 0; n < PACKAGES; n++) {
    const { id } = await ask("POST", "/api/packages", {
      name: `package ${n}`,
      total_leads: CALLS / PACKAGES,
      cost_per_lead: 1,
    });
    const task = await ask("POST", `/api/packages/${id}/tasks`, { task_name: "task" });
    const file = join(folder, "calls.csv");
    writeCsv(file, (n * CALLS) / PACKAGES, CALLS / PACKAGES);
    const look = await fetch(`${server.url}/api/imports?kind=calls`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "text/csv" },
      body: readFileSync(file),
    });
    const draft = /** @type {any} */ (await look.json());
    const mapping = { ...draft.guess.mapping, task_id: task.id, tags: { channel: "channel" } };
    await ask("PUT", `/api/imports/${draft.id}/mapping`, { mapping });
    await ask("POST", `/api/imports/${draft.id}/start`);
    for (let state = ""; state !== "done"; ) {
      ({ state } = await ask("GET", `/api/imports/${draft.id}`));
      if (state === "failed") throw new Error("the import failed");
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
  const importSeconds = (performance.now() - begin) / 1000;
  const { sql } = createRequire(join(root, "examples/reference-server/package.json"))("kysely");
  const { stores } = server.context;
  const db = stores.sql;
  const plainTotals = () =>
    sql`select count(*) as calls, sum(case when result = 'connected' then 1 else 0 end) as connected, sum(is_interested) as interested, sum(duration) as seconds from rk_calls where tenant_id = 1 and deleted_at is null`.execute(
      db,
    );
  const plainHours = () =>
    sql`select local_day, local_hour, count(*) as calls, sum(case when result = 'connected' then 1 else 0 end) as connected, sum(is_interested) as interested from rk_calls where tenant_id = 1 and package_id = 1 and deleted_at is null group by local_day, local_hour`.execute(
      db,
    );
  const { packageTotals } = await import(at("examples/reference-server/dist/modules/leads/metrics/totals.js"));
  const { weekdayHours } = await import(at("examples/reference-server/dist/modules/leads/metrics/weekdays.js"));
  const [board, stats, plainBoard, plainStats] = [
    await medianMs(() => ask("GET", "/api/metrics/dashboard"), 15),
    await medianMs(() => ask("GET", "/api/metrics/package/1/stats"), 15),
    await medianMs(plainTotals, 3),
    await medianMs(plainHours, 3),
  ];
  const round = (/** @type {number} */ value) => Math.round(value * 100) / 100;
  const figures = {
    calls: CALLS,
    "calls imported per second": Math.round(CALLS / importSeconds),
    "dashboard over HTTP, ms": round(board),
    "package statistics over HTTP, ms": round(stats),
    "plain aggregate of all calls, ms": round(plainBoard),
    "plain aggregate of one package by hour, ms": round(plainStats),
    "plain ÷ dashboard": round(plainBoard / board),
    "plain ÷ package statistics": round(plainStats / stats),
    "plain ÷ kept sums of all packages": round(plainBoard / (await medianMs(() => packageTotals(stores, 1), 15))),
    "plain ÷ kept sums of one package by hour": round(
      plainStats / (await medianMs(() => weekdayHours(stores, 1, 1), 15)),
    ),
  };
  if (!process.env.DATABASE_URL) await keepPlans(stores, { packageTotals, weekdayHours });
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
  return figures;
}

/**
 * Writes down how SQLite goes about the figures that are read off kept sums: by index, and by no walk over calls.
 *
 * @param {any} stores @param {Record<string, (stores: any, tenantId: number, packageId: number) => Promise<unknown>>} reads
 */
async function keepPlans(stores, reads) {
  const { CompiledQuery } = createRequire(join(root, "examples/reference-server/package.json"))("kysely");
  const lines = [];
  for (const [name, read] of Object.entries(reads)) {
    /** @type {any[]} */
    const nodes = [];
    const plugin = {
      transformQuery: (/** @type {any} */ { node }) => {
        nodes.push(node);
        return node;
      },
      transformResult: async (/** @type {any} */ { result }) => result,
    };
    await read({ ...stores, sql: stores.sql.withPlugin(plugin) }, 1, 1);
    for (const [number, node] of nodes.entries()) {
      const query = stores.sql.getExecutor().compileQuery(node, { queryId: `plan-${number}` });
      const plan = CompiledQuery.raw(`explain query plan ${query.sql}`, [...query.parameters]);
      const { rows } = await stores.sql.executeQuery(plan);
      lines.push(`${name}: ${query.sql}`, ...rows.map((/** @type {any} */ { detail }) => `  ${detail}`), "");
    }
  }
  mkdirSync(join(root, "bench/plans"), { recursive: true });
  writeFileSync(join(root, "bench/plans/leads.txt"), `${lines.join("\n")}\n`);
}
