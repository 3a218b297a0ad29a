// What a message of one's own costs when there are fifty times as many: on SQLite, against a channel that answers at once.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "../scripts/workspace.mjs";

const SIZES = [1_000, 5_000, 50_000];

export async function measure() {
  /** @type {Record<string, number>} */
  const figures = {};
  /** @type {number[]} */
  const perMessage = [];
  for (const people of SIZES) {
    const { ms, peakMb } = await send(people);
    perMessage.push(ms / people);
    const size = people.toLocaleString("en").replaceAll(",", " ");
    figures[`messages/s, ${size} people`] = Math.round((people / ms) * 1000);
    figures[`MB resident at most, ${size} people`] = peakMb;
  }
  const [few = 1, , many = 1] = perMessage;
  figures["ms a message, 50 000 people ÷ 1 000 people; 1 is flat"] = Math.round((many / few) * 100) / 100;
  return figures;
}

/** @param {number} people */
async function send(people) {
  /** @type {typeof import("@recallkit/core")} */
  const { createRecallKit, silentLogger } = await import(at("packages/core/dist/index.js"));
  /** @type {typeof import("@recallkit/storage-adapters/sqlite")} */
  const { sqliteStores } = await import(at("packages/storage-adapters/dist/sqlite/index.js"));
  const folder = mkdtempSync(join(tmpdir(), "recallkit-bench-"));
  const stores = await sqliteStores({ file: join(folder, "bench.db"), migrate: true });
  let sent = 0;
  const kit = createRecallKit({
    stores,
    logger: silentLogger,
    channels: [
      {
        name: "mail",
        specVersion: 1,
        personal: true,
        addressType: "email",
        maxBatchSize: 1,
        capability: () => "none",
        send: async ({ recipients }) => recipients.map(() => ({ kind: "accepted", providerMessageId: `m${sent++}` })),
      },
    ],
  });
  await kit.customers.upsert(rows(people));
  const rule = await kit.rules.create({
    name: "everybody",
    segment: { everybody: true },
    validFrom: "2020-01-01",
    validTo: "2100-12-31",
    content: { subject: "{{customer_name}}", text: "{{customer_name}}，喵" },
    variables: { customer_name: "朋友" },
  });
  await kit.occurrences.runNow(rule.id);
  let peak = 0;
  const watch = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage().rss);
  }, 50);
  const startedAt = performance.now();
  await kit.tick();
  const ms = performance.now() - startedAt;
  clearInterval(watch);
  if (sent !== people) throw new Error(`${sent} of ${people} messages were sent`);
  await kit.close();
  rmSync(folder, { recursive: true, force: true });
  return { ms, peakMb: Math.round(peak / 2 ** 20) };
}

/** @param {number} people */
function* rows(people) {
  for (let n = 0; n < people; n++) yield { externalKey: `c${n}`, email: `c${n}@example.com`, name: `customer ${n}` };
}

/** @param {string} path */
function at(path) {
  return pathToFileURL(join(root, path)).href;
}
