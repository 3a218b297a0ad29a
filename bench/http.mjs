// What @recallkit/http costs through Express, beside the same sixty routes wired into Express one by one: processor time of the
// server per request, in turns, so that a busy machine slows both.
import { fork } from "node:child_process";
import { once } from "node:events";
import { Agent, request } from "node:http";
import { fileURLToPath } from "node:url";
import { ASKED, BODY, HEADERS } from "./http/routes.mjs";

const ROUNDS = 6;
const REQUESTS = 4000;
const AT_ONCE = 16;

export async function measure() {
  const peer = await started("peer");
  const frame = await started("frame");
  const spent = { peer: /** @type {number[]} */ ([]), frame: /** @type {number[]} */ ([]) };
  // The first round warms both up.
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [name, server] of /** @type {const} */ ([
      ["peer", peer],
      ["frame", frame],
    ])) {
      const before = await server.cpu();
      await load(server.port);
      if (round > 0) spent[name].push(((await server.cpu()) - before) / REQUESTS);
    }
  }
  peer.stop();
  frame.stop();
  const [ofPeer, ofFrame] = [median(spent.peer), median(spent.frame)];
  return {
    "µs of processor time a request, wired into Express": Math.round(ofPeer),
    "µs of processor time a request, @recallkit/http through Express": Math.round(ofFrame),
    "overhead, percent": Math.round((ofFrame / ofPeer - 1) * 1000) / 10,
  };
}

/** @param {number[]} values */
function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

/** @param {string} name */
async function started(name) {
  const child = fork(fileURLToPath(new URL("./http/server.mjs", import.meta.url)), [name]);
  const [{ port }] = await once(child, "message");
  return {
    port,
    async cpu() {
      child.send("cpu");
      const [{ cpu }] = await once(child, "message");
      return Number(cpu);
    },
    stop: () => child.kill(),
  };
}

/** @param {number} port */
async function load(port) {
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
  const body = JSON.stringify(BODY);
  let left = REQUESTS;
  const worker = async () => {
    while (left-- > 0) await ask(agent, port, body);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  agent.destroy();
}

/** @param {Agent} agent @param {number} port @param {string} body @returns {Promise<void>} */
function ask(agent, port, body) {
  const headers = { ...HEADERS, "content-length": Buffer.byteLength(body) };
  return new Promise((resolve, reject) => {
    const call = request({ agent, port, host: "127.0.0.1", path: ASKED, method: "POST", headers }, (answer) => {
      if (answer.statusCode !== 200) reject(new Error(`${answer.statusCode}`));
      answer.resume().once("end", resolve);
    });
    call.once("error", reject).end(body);
  });
}
