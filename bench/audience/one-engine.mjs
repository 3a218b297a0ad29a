// One engine, one number of customers: seeds a shop, measures segments, writes down the plans; prints JSON.
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "../../scripts/workspace.mjs";
import { freshStores } from "../fresh-stores.mjs";
import { fourSteps, rowsOf } from "./four-steps.mjs";
import { AS_OF, seed } from "./seed.mjs";

const [engine = "sqlite", count = "20000", url = ""] = process.argv.slice(2);
const customers = Number(count);
const at = (/** @type {string} */ path) => pathToFileURL(join(root, path)).href;
const { compileSegment, segmentSchema, windowInstants } = await import(at("packages/core/dist/ports/index.js"));
const { createAudienceIndex } = await import(at("packages/core/dist/audience-index/index.js"));
const { CompiledQuery } = createRequire(join(root, "packages/storage-adapters/package.json"))("kysely");

const folder = mkdtempSync(join(tmpdir(), "recallkit-bench-audience-"));
const { stores, numbers, explain, refresh } = await freshStores(engine, String(customers), url, folder);
const db = stores.sql;
/** @param {string} sql @returns {Promise<any[]>} */
const ask = async (sql) => (await db.executeQuery(CompiledQuery.raw(sql))).rows;
await seed(ask, numbers, customers);
for (const table of ["customers", "customer_identities", "labels", "customer_labels", "orders", "order_labels"])
  await ask(refresh(`rk_${table}`));

const statuses = ["paid", "shipped", "completed", "partially_refunded"];
/** @type {readonly (readonly [string, string])[]} */
const labels = [
  ["city", "k1"],
  ["city", "k2"],
  ["brand", "k1"],
  ["brand", "k2"],
  ["brand", "k3"],
  ["category", "k1"],
  ["category", "k2"],
];
const asLabels = Object.fromEntries(
  ["city", "brand", "category"].map((kind) => [kind, labels.filter(([of]) => of === kind).map(([, key]) => key)]),
);
/** @type {Readonly<Record<string, { lapse: { minDays: number, maxDays: number }, labels?: Record<string, readonly string[]> }>>} */
const SEGMENTS = {
  "window 30 … 45 and labels": { lapse: { minDays: 30, maxDays: 45 }, labels: asLabels },
  "window 30 … 45": { lapse: { minDays: 30, maxDays: 45 } },
};
const context = { tenantId: 1, timeZone: "Asia/Shanghai", asOf: AS_OF, statuses };

/** @type {string[]} */
const plans = [];
/** @type {Record<string, Record<string, number>>} */
const segments = {};
for (const [name, segment] of Object.entries(SEGMENTS)) {
  const { query } = await compileSegment(segmentSchema.parse(segment), context, stores);
  const { from, to } = windowInstants(segment.lapse, AS_OF, context.timeZone);
  const steps = { from, to, asOf: AS_OF, statuses, labels: segment.labels ? labels : [] };
  const { audience } = stores;
  const members = async () => {
    const keys = [];
    for (let afterId = 0; ; ) {
      const page = await audience.page(query, afterId, 10_000);
      for (const { externalKey } of page) keys.push(externalKey);
      const last = page.at(-1);
      if (!last || page.length < 10_000) return keys;
      afterId = last.customerId;
    }
  };
  const naive = await fourSteps(ask, steps);
  const hashes = [await rowsOf(ask, naive), await members()].map(hashOf);
  if (hashes[0] !== hashes[1] || (await audience.count(query)) !== naive.length)
    throw new Error(`${engine}, ${name}: the four steps and the audience differ`);
  const funnel = { ...query, reachableBy: "external_userid" };
  // In turn, so that other work on the machine meets all of them.
  const [naiveMs = 0, countMs = 0, stepsMs = 0, membersMs = 0, naiveMembersMs = 0] = await medians(7, [
    () => fourSteps(ask, steps),
    () => audience.count(query),
    () => audience.steps(funnel).then(() => audience.page(query, 0, 10)),
    members,
    async () => rowsOf(ask, await fourSteps(ask, steps)),
  ]);
  segments[name] = { people: naive.length, naiveMs, countMs, stepsMs, membersMs, naiveMembersMs };
  await keepPlan(`${name}: count`, () => audience.count(query));
  await keepPlan(`${name}: funnel`, () => audience.steps(funnel));
  await keepPlan(`${name}: page of 10 000`, () => audience.page(query, 0, 10_000));
}
const peakRssMb = Math.round(process.resourceUsage().maxRSS / 1024);
const index = await measureIndex();
await stores.close();
rmSync(folder, { recursive: true, force: true });
process.stdout.write(JSON.stringify({ segments, peakRssMb, index, plans: `${plans.join("\n")}\n` }));

/** The same counts in memory: how long it takes to read the shop, what it holds, and how long a count takes. */
async function measureIndex() {
  const index = createAudienceIndex({ stores, tenantId: 1, maxBytes: 2 ** 31 });
  const begin = performance.now();
  if (!(await index.build())) throw new Error(`${engine}: the index is ${index.state}`);
  const buildMs = performance.now() - begin;
  /** @type {Record<string, number>} */
  const countMs = {};
  for (const [name, segment] of Object.entries(SEGMENTS)) {
    const { query } = await compileSegment(segmentSchema.parse(segment), context, stores);
    if (index.count(query) !== segments[name]?.people) throw new Error(`${engine}, ${name}: the index differs`);
    const [median = 0] = await medians(25, [async () => index.count(query)]);
    countMs[name] = median;
  }
  return { buildMs, megabytes: index.bytes / 2 ** 20, countMs };
}

/** @param {readonly string[]} keys */
function hashOf(keys) {
  return createHash("sha256")
    .update([...keys].sort().join("\n"))
    .digest("hex");
}

/** @param {number} times @param {readonly (() => Promise<unknown>)[]} works */
async function medians(times, works) {
  /** @type {number[][]} */
  const took = works.map(() => []);
  for (let n = 0; n < times; n++)
    for (const [index, work] of works.entries()) {
      const begin = performance.now();
      await work();
      took[index]?.push(performance.now() - begin);
    }
  return took.map((one) => one.sort((a, b) => a - b)[Math.floor(times / 2)] ?? 0);
}

/** @param {string} name @param {() => Promise<unknown>} work */
async function keepPlan(name, work) {
  /** @type {{ sql: string, parameters: readonly unknown[] }[]} */
  const queries = [];
  const executor = Object.getPrototypeOf(db.getExecutor());
  const { compileQuery } = executor;
  executor.compileQuery = /** @this {any} @param {any[]} given */ function (...given) {
    const query = compileQuery.apply(this, given);
    queries.push(query);
    return query;
  };
  await work();
  executor.compileQuery = compileQuery;
  for (const { sql, parameters } of queries) {
    const { rows } = await db.executeQuery(CompiledQuery.raw(`${explain} ${sql}`, [...parameters]));
    plans.push(name, sql.replaceAll(/\s+/g, " "));
    for (const row of rows) plans.push(`  ${engine === "sqlite" ? row.detail : Object.values(row).join(" | ")}`);
    plans.push("");
  }
}
