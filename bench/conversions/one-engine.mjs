// One engine, one size: seeds a shop and its pushes, measures a report over all of them in three ways; prints JSON.
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { isDeepStrictEqual } from "node:util";
import { root } from "../../scripts/workspace.mjs";
import { AS_OF, DAY, seedOrders } from "../audience/seed.mjs";
import { freshStores } from "../fresh-stores.mjs";
import { ordersPerPerson } from "./orders-per-person.mjs";
import { seedPushes } from "./seed.mjs";

const [engine = "sqlite", count = "20000", url = ""] = process.argv.slice(2);
const customers = Number(count);
const deliveries = Math.round(customers * 0.6);
const NEW_ORDERS = 1_000;
const TIMES = 5;
const at = (/** @type {string} */ path) => pathToFileURL(join(root, path)).href;
const { createRecallKit, silentLogger } = await import(at("packages/core/dist/index.js"));
const { virtualClock } = await import(at("packages/core/dist/testing/index.js"));
const { CompiledQuery } = createRequire(join(root, "packages/storage-adapters/package.json"))("kysely");

const folder = mkdtempSync(join(tmpdir(), "recallkit-bench-conversions-"));
const { stores, numbers, refresh } = await freshStores(engine, `conversions_${customers}`, url, folder);
/** @param {string} sql @returns {Promise<any[]>} */
const ask = async (sql) => (await stores.sql.executeQuery(CompiledQuery.raw(sql))).rows;
await seedOrders(ask, numbers, customers);
await seedPushes(ask, numbers, { customers, deliveries });
// Rows with numbers of their own leave an identity where it was.
if (engine === "postgres")
  await ask(`alter table bench_conversions_${customers}.rk_orders alter column id restart with ${customers * 5 + 1}`);
for (const table of ["customers", "customer_identities", "orders", "occurrences", "deliveries"])
  await ask(refresh(`rk_${table}`));

const kit = createRecallKit({
  ...{ stores, clock: virtualClock(AS_OF), logger: silentLogger, secretKey: "0".repeat(32) },
});
const terms = { asOf: AS_OF, windowMs: 7 * DAY, statuses: ["paid", "shipped", "completed", "partially_refunded"] };
const naive = () => ordersPerPerson(ask, terms);

await sameFigures("before anything is kept");
/** @type {number[]} */
const naiveMs = [];
/** @type {number[]} */
const searchMs = [];
for (let n = 0; n < TIMES; n++) {
  naiveMs.push(await took(naive));
  searchMs.push(await took(() => kit.report()));
}
const buildMs = await took(() => kit.conversions.rollUp());
await sameFigures("once credits are kept");
/** @type {Record<"ingest" | "step" | "report" | "firing" | "idle", number[]>} */
const kept = { ingest: [], step: [], report: [], firing: [], idle: [] };
for (let n = 0; n < TIMES; n++) {
  const orders = Array.from({ length: NEW_ORDERS }, (_, index) => ({
    externalId: `new-${n}-${index}`,
    externalKey: `c${(((n * NEW_ORDERS + index) * 7919) % customers) + 1}`,
    amountMinor: 1000 + index,
    status: "paid",
    orderedAt: AS_OF - 1 - ((index * 104_729) % (index % 4 === 0 ? 60 : 3)) * DAY - index * 1000,
  }));
  kept.ingest.push(await took(() => kit.orders.ingest(orders, { source: "bench" })));
  kept.step.push(await took(() => kit.conversions.rollUp()));
  kept.report.push(await took(() => kit.report()));
  kept.idle.push(await took(() => kit.conversions.rollUp()));
  kept.firing.push(await took(() => kit.report(undefined, { occurrenceId: 30 })));
}
const { orders } = await sameFigures("after new orders");
const [{ credits }] = await ask("select count(*) as credits from rk_credited_orders");
const medians = Object.fromEntries(
  Object.entries({ naive: naiveMs, search: searchMs, ...kept }).map(([k, v]) => [k, median(v)]),
);
const peakRssMb = Math.round(process.resourceUsage().maxRSS / 1024);
await kit.close();
rmSync(folder, { recursive: true, force: true });
process.stdout.write(JSON.stringify({ deliveries, orders, credits: Number(credits), buildMs, medians, peakRssMb }));

/** Fails unless the documents' way, the report as it is now, and a search give the same. @param {string} when */
async function sameFigures(when) {
  const expected = await naive();
  const searched = await stores.conversions.figures({ tenantId: 1, ...terms });
  const report = await kit.report();
  for (const [name, figures] of Object.entries({ search: searched, report })) {
    const found = Object.fromEntries(Object.keys(expected).map((key) => [key, figures[key]]));
    if (!isDeepStrictEqual(found, { ...expected }))
      throw new Error(`${engine}, ${when}: ${name} says ${JSON.stringify(found)}, not ${JSON.stringify(expected)}`);
  }
  return expected;
}

/** @param {() => Promise<unknown>} work */
async function took(work) {
  const begin = performance.now();
  await work();
  return performance.now() - begin;
}

/** @param {readonly number[]} values */
function median(values) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
