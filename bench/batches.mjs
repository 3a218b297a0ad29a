// From an audience to batches of 10 000: ids by the index in memory, members by the store in pages, and rows of deliveries with
// their batch on disk, beside the four steps of the documents with the rows of their people, on the same SQLite database by the
// same driver. BATCHES_CUSTOMERS says how many customers there are.
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "../scripts/workspace.mjs";
import { fourSteps, rowsOf } from "./audience/four-steps.mjs";
import { AS_OF, seed } from "./audience/seed.mjs";

const CUSTOMERS = Number(process.env.BATCHES_CUSTOMERS ?? 100_000);
const PEOPLE = 10_000;
const SNAPSHOT_ROWS = 1_000;
const TIMES = 5;

export async function measure() {
  const at = (/** @type {string} */ path) => pathToFileURL(join(root, path)).href;
  const { createAudienceIndex } = await import(at("packages/core/dist/audience-index/index.js"));
  const { compileSegment, segmentSchema, windowInstants } = await import(at("packages/core/dist/ports/index.js"));
  const { sqliteStores } = await import(at("packages/storage-adapters/dist/sqlite/index.js"));
  const { CompiledQuery } = createRequire(join(root, "packages/storage-adapters/package.json"))("kysely");
  const folder = mkdtempSync(join(tmpdir(), "recallkit-bench-batches-"));
  const stores = await sqliteStores({ file: join(folder, "shop.db"), migrate: true });
  /** @param {string} sql @returns {Promise<any[]>} */
  const ask = async (sql) => (await stores.sql.executeQuery(CompiledQuery.raw(sql))).rows;
  await seed(
    ask,
    (many) => `(with recursive r(i) as (select 1 union all select i + 1 from r where i < ${many}) select i from r)`,
    CUSTOMERS,
  );
  await ask("analyze");

  const statuses = ["paid", "shipped", "completed", "partially_refunded"];
  const lapse = { minDays: 30, maxDays: 300 };
  const context = { tenantId: 1, timeZone: "Asia/Shanghai", asOf: AS_OF, statuses };
  const { query } = await compileSegment(segmentSchema.parse({ lapse }), context, stores);
  const window = { ...windowInstants(lapse, AS_OF, context.timeZone), asOf: AS_OF, statuses, labels: [] };
  const index = createAudienceIndex({ stores, tenantId: 1 });
  if (!(await index.build())) throw new Error(`the index is ${index.state}`);

  const steps = async () => {
    const ids = await fourSteps(ask, window);
    await rowsOf(ask, ids);
    return sliced(ids);
  };
  const pages = async () => {
    const batches = [];
    for (let afterId = 0; ; ) {
      const page = await stores.audience.page(query, afterId, PEOPLE);
      if (page.length > 0) batches.push(page.map((/** @type {{ customerId: number }} */ one) => one.customerId));
      if (page.length < PEOPLE) return batches;
      afterId = page.at(-1).customerId;
    }
  };
  const indexed = async () => sliced(index.members(query));
  let runs = 0;
  const kept = async () => {
    const { occurrence } = await stores.occurrences.insert({
      ...{ tenantId: 1, ruleId: 1, ruleVersion: 1, kind: "manual", nominal: `${++runs}`, timeZone: context.timeZone },
      ...{ customerIds: null, dueAt: 0, expiresAt: 1, salt: "", createdAt: 0, state: "planned", reason: null },
    });
    const key = { tenantId: 1, occurrenceId: occurrence.id, channel: "wecom" };
    const page = { ...key, ruleId: 1, addressType: "external_userid", query, limit: SNAPSHOT_ROWS, at: 1 };
    for (let afterId = 0; ; ) {
      const { members, lastId } = await stores.deliveries.snapshot({ ...page, afterId });
      afterId = lastId;
      if (members < SNAPSHOT_ROWS) break;
    }
    // Those whom the channel can't reach are in no batch.
    for (let batch = runs * 1_000_000; (await stores.deliveries.fillBatch(key, batch, PEOPLE, 1)) > 0; batch++);
  };

  const hashes = new Set([await steps(), await pages(), await indexed()].map(hashOf));
  if (hashes.size > 1) throw new Error("the batches differ");
  const people = index.count(query);
  const [stepsMs = 0, pagesMs = 0, indexMs = 0, keptMs = 0] = await medians([steps, pages, indexed, kept]);
  await stores.close();
  rmSync(folder, { recursive: true, force: true });
  const round = (/** @type {number} */ value) => Math.round(value * 100) / 100;
  return {
    customers: CUSTOMERS,
    people,
    "four steps with their rows, ms": round(stepsMs),
    "members by the store in pages, ms": round(pagesMs),
    "ids by the index in memory, ms": round(indexMs),
    "deliveries and batches on disk, ms": round(keptMs),
    "four steps ÷ members by the store": round(stepsMs / pagesMs),
    "four steps ÷ ids by the index": round(stepsMs / indexMs),
    "people a second, on disk": Math.round((people / keptMs) * 1000),
  };
}

/** @param {ArrayLike<number>} ids @returns {ArrayLike<number>[]} */
function sliced(ids) {
  const batches = [];
  const all = ids instanceof Float64Array ? ids : Float64Array.from(ids);
  for (let at = 0; at < all.length; at += PEOPLE) batches.push(all.subarray(at, at + PEOPLE));
  return batches;
}

/** @param {readonly ArrayLike<number>[]} batches */
function hashOf(batches) {
  const hash = createHash("sha256");
  for (const batch of batches) hash.update(`${Array.from(batch).join()}\n`);
  return hash.digest("hex");
}

/** @param {readonly (() => Promise<unknown>)[]} works */
async function medians(works) {
  /** @type {number[][]} */
  const took = works.map(() => []);
  for (let n = 0; n < TIMES; n++)
    for (const [index, work] of works.entries()) {
      const begin = performance.now();
      await work();
      took[index]?.push(performance.now() - begin);
    }
  return took.map((one) => one.sort((a, b) => a - b)[Math.floor(TIMES / 2)] ?? 0);
}
