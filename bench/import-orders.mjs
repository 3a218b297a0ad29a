// One engine, one number of orders: takes them over by the kit, again, and as the same rows by the bare driver; prints JSON.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { pathToFileURL } from "node:url";
import { root } from "../scripts/workspace.mjs";
import { openEngine } from "./import-engines.mjs";

const [engine = "sqlite", count = "1000", url = "", withBare = "yes"] = process.argv.slice(2);
const orders = Number(count);
/** @type {typeof import("@recallkit/core")} */
const { createRecallKit, silentLogger } = await import(pathToFileURL(join(root, "packages/core/dist/index.js")).href);

const { stores, bare, close } = await openEngine(engine, url);
const kit = createRecallKit({ stores, logger: silentLogger });
const delay = monitorEventLoopDelay({ resolution: 5 });
delay.enable();
const turns = watchTurns();
const [seconds, cpuSeconds] = await timed(() => kit.orders.ingest(rows(), { source: "bench" }));
delay.disable();
const workMs = turns.end();
const [againSeconds] = await timed(() => kit.orders.ingest(rows(), { source: "bench" }));
const peakRssMb = Math.round(process.resourceUsage().maxRSS / 1024);
const bareSeconds = withBare === "yes" ? await bare() : 0;
await kit.close();
await close();
const blockedMs = Math.round(delay.max / 1e6) - 5;
process.stdout.write(
  `${JSON.stringify({ seconds, cpuSeconds, againSeconds, bareSeconds, peakRssMb, blockedMs, workMs })}\n`,
);

function* rows() {
  for (let n = 0; n < orders; n += 1)
    yield {
      externalId: `SO${n}`,
      externalKey: `c${(n * 7919) % Math.ceil(orders / 5)}`,
      orderedAt: 1_767_225_600_000 + n * 1000,
      amount: `${100 + (n % 400)}.50`,
      status: n % 3 === 0 ? "paid" : "completed",
      lines: [{ sku: `P${n % 2000}`, quantity: 1 + (n % 3), amount: `${100 + (n % 400)}.50`, store: `S${n % 50}` }],
    };
}

/** The most that one turn of the event loop worked: beside a busy machine and a slow disk this is what the program itself does. */
function watchTurns() {
  let [most, last] = [0, ownMs()];
  const timer = setInterval(() => {
    const now = ownMs();
    most = Math.max(most, now - last);
    last = now;
  }, 5);
  return {
    end() {
      clearInterval(timer);
      return Math.round(most);
    },
  };
}

/** CPU time of this thread in ms, as Linux counts it; elsewhere 0. */
function ownMs() {
  if (process.platform !== "linux") return 0;
  return Number(readFileSync("/proc/thread-self/schedstat", "utf8").split(" ")[0]) / 1e6;
}

/** @param {() => Promise<unknown>} work @returns {Promise<readonly [number, number]>} seconds on the clock, seconds of work of this process */
async function timed(work) {
  const cpu = process.cpuUsage();
  const startedAt = performance.now();
  await work();
  const took = (performance.now() - startedAt) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  return [took, (user + system) / 1e6];
}
