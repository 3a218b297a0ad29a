// `POST /api/messages/send` of the built reference server, durable on a SQLite file, beside Express that only parses the body.
import { fork, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { root } from "../../scripts/workspace.mjs";

const REQUESTS = 4_000;
const AT_ONCE = 64;
/** Of /proc: ticks of processor time are hundredths of a second. */
const TICK_US = 10_000;

export async function measureSends() {
  /** @type {Record<string, number>} */
  const figures = {};
  for (const [name, open] of /** @type {const} */ ([
    ["Express that only parses", parseOnly],
    ["server on SQLite", server],
  ])) {
    const { url, token, templateId, pid, close } = await open();
    const body = (/** @type {number} */ n) =>
      JSON.stringify({
        template_id: templateId,
        recipient: `138${String(n).padStart(8, "0")}`,
        variables: { order_no: `A${n}` },
      });
    // The first round warms up.
    await load(
      url,
      token,
      Array.from({ length: 1_000 }, (_, n) => body(n)),
    );
    const before = cpuOf(pid);
    const at = performance.now();
    const times = await load(
      url,
      token,
      Array.from({ length: REQUESTS }, (_, n) => body(1_000 + n)),
    );
    const seconds = (performance.now() - at) / 1000;
    times.sort((a, b) => a - b);
    const rank = (/** @type {number} */ share) => Math.round((times[Math.floor(times.length * share)] ?? 0) * 10) / 10;
    figures[`POST send, ${name}: requests/s`] = Math.round(REQUESTS / seconds);
    figures[`POST send, ${name}: µs of processor time a request`] = Math.round((cpuOf(pid) - before) / REQUESTS);
    figures[`POST send, ${name}: p50 in ms, ${AT_ONCE} at once`] = rank(0.5);
    figures[`POST send, ${name}: p99 in ms, ${AT_ONCE} at once`] = rank(0.99);
    await close();
  }
  return figures;
}

async function parseOnly() {
  const child = fork(fileURLToPath(new URL("./parse-only.mjs", import.meta.url)));
  const [{ port }] = await once(child, "message");
  return { url: `http://127.0.0.1:${port}`, token: "", templateId: 1, pid: child.pid ?? 0, close: () => ended(child) };
}

async function server() {
  const folder = mkdtempSync(join(tmpdir(), "recallkit-bench-"));
  const child = spawn(process.execPath, [join(root, "examples/reference-server/dist/main.js"), "--role", "api"], {
    env: {
      PATH: process.env.PATH,
      ...{ PORT: "0", DATA_DIR: folder, DATABASE_URL: `sqlite:${join(folder, "bench.db")}`, LOG_LEVEL: "error" },
      ...{ SAMPLE_DATA: "off", SIMULATORS: "on", RATE_LIMITS: "off" },
      ...{ BOOTSTRAP_USERNAME: "merchant", BOOTSTRAP_PASSWORD: "correct horse" },
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let printed = "";
  let url = "";
  for await (const chunk of child.stdout) {
    printed += String(chunk);
    url = /ready: (http:\S+)/.exec(printed)?.[1] ?? "";
    if (url) break;
  }
  const post = async (/** @type {string} */ path, /** @type {unknown} */ body, token = "") => {
    const headers = { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) };
    const answer = await fetch(url + path, { method: "POST", headers, body: JSON.stringify(body) });
    const json = await answer.json();
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${JSON.stringify(json)}`);
    return /** @type {any} */ (json);
  };
  const { token } = await post("/login", { username: "merchant", password: "correct horse" });
  // No limit of messages a second stands in the way.
  const config = { api_send_message: { qps: 1_000_000, concurrent: 1_000 } };
  await post("/api/admin/config", { config }, token);
  const template = {
    ...{ name: "发货", channel: "sms", message_class: "transactional" },
    ...{ content: { text: "您的订单 {{order_no}} 已发货" }, variables: { order_no: {} } },
  };
  const { id: templateId } = await post("/api/templates", template, token);
  const close = async () => {
    await ended(child);
    rmSync(folder, { recursive: true, force: true });
  };
  return { url, token, templateId, pid: child.pid ?? 0, close };
}

/** @param {import("node:child_process").ChildProcess} child */
async function ended(child) {
  child.kill();
  await once(child, "exit");
}

/** @param {number} pid @returns {number} µs */
function cpuOf(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) * TICK_US;
}

/** @param {string} url @param {string} token @param {string[]} bodies @returns {Promise<number[]>} ms of each */
async function load(url, token, bodies) {
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
  /** @type {number[]} */
  const times = [];
  const waiting = bodies.values();
  const worker = async () => {
    for (const body of waiting) {
      const at = performance.now();
      await ask(agent, url, token, body);
      times.push(performance.now() - at);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  agent.destroy();
  return times;
}

/** @param {Agent} agent @param {string} url @param {string} token @param {string} body @returns {Promise<void>} */
function ask(agent, url, token, body) {
  const headers = {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(body),
    ...(token && { authorization: `Bearer ${token}` }),
  };
  return new Promise((resolve, reject) => {
    const call = request(`${url}/api/messages/send`, { agent, method: "POST", headers }, (answer) => {
      if (answer.statusCode !== 201) reject(new Error(`send: ${answer.statusCode}`));
      answer.resume().once("end", resolve);
    });
    call.once("error", reject).end(body);
  });
}
