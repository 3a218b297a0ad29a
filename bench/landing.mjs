// What a page of a link and a first claim cost, durable on a SQLite file, beside an empty route of Express and an empty
// handler of node:http in the same run.
import { fork } from "node:child_process";
import { once } from "node:events";
import { Agent, request } from "node:http";
import { fileURLToPath } from "node:url";

const PEOPLE = 3000;
const AT_ONCE = 64;

export async function measure() {
  /** @type {Record<string, number>} */
  const figures = {};
  for (const name of ["node", "express", "landing on node:http", "landing through Express"]) {
    const server = await started(name);
    const tokens = server.tokens.length > 0 ? server.tokens : Array.from({ length: PEOPLE }, () => "A".repeat(22));
    const views = tokens.map((token) => ({ method: "GET", path: `/landing/${token}`, body: "" }));
    // The first round warms up.
    await load(server.port, views.slice(0, PEOPLE / 3));
    figures[`${label(name)}: requests/s`] = await rate(server, views, figures, label(name));
    if (server.tokens.length > 0) {
      const claims = tokens.map((token) => ({ method: "POST", path: "/coupon/get", body: JSON.stringify({ token }) }));
      figures[`first claims, ${name}: requests/s`] = await rate(server, claims, figures, `first claims, ${name}`);
    }
    server.stop();
  }
  return figures;
}

/** @param {string} name */
function label(name) {
  return name === "node" || name === "express" ? `empty route of ${name}` : `page, ${name}`;
}

/**
 * @param {Awaited<ReturnType<typeof started>>} server @param {Call[]} calls
 * @param {Record<string, number>} figures @param {string} name
 */
async function rate(server, calls, figures, name) {
  const before = await server.cpu();
  const start = performance.now();
  await load(server.port, calls);
  const seconds = (performance.now() - start) / 1000;
  figures[`${name}: µs of processor time a request`] = Math.round(((await server.cpu()) - before) / calls.length);
  return Math.round(calls.length / seconds);
}

/** @param {string} name */
async function started(name) {
  const child = fork(fileURLToPath(new URL("./landing/server.mjs", import.meta.url)), [name, String(PEOPLE)]);
  const [{ port, tokens }] = await once(child, "message");
  return {
    port: Number(port),
    tokens: /** @type {string[]} */ (tokens),
    async cpu() {
      child.send("cpu");
      const [{ cpu }] = await once(child, "message");
      return Number(cpu);
    },
    stop: () => child.kill(),
  };
}

/** @typedef {{ method: string, path: string, body: string }} Call */

/** @param {number} port @param {Call[]} calls */
async function load(port, calls) {
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
  const waiting = calls.values();
  const worker = async () => {
    for (const call of waiting) await ask(agent, port, call);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  agent.destroy();
}

/** @param {Agent} agent @param {number} port @param {Call} call @returns {Promise<void>} */
function ask(agent, port, { method, path, body }) {
  const headers = {
    "user-agent":
      "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Version/17.5 Safari/604.1",
    ...(body && { "content-type": "application/json", "content-length": Buffer.byteLength(body) }),
  };
  return new Promise((resolve, reject) => {
    const call = request({ agent, port, host: "127.0.0.1", path, method, headers }, (answer) => {
      if (answer.statusCode !== 200) reject(new Error(`${method} ${path}: ${answer.statusCode}`));
      answer.resume().once("end", resolve);
    });
    call.once("error", reject).end(body);
  });
}
