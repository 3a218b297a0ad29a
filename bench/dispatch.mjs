// What a batch costs when its occurrence has ten times as many: on SQLite, against a channel that answers at once.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "../scripts/workspace.mjs";

const BATCH_SIZE = 100;

export async function measure() {
  const [few, many] = [await msPerBatch(100), await msPerBatch(1000)];
  return {
    "ms a batch of 100 people, 100 batches": few,
    "ms a batch of 100 people, 1 000 batches": many,
    "ratio, 1 is flat": Math.round((many / few) * 100) / 100,
  };
}

/** @param {number} batches */
async function msPerBatch(batches) {
  /** @type {typeof import("@recallkit/core")} */
  const { createRecallKit, silentLogger } = await import(at("packages/core/dist/index.js"));
  /** @type {typeof import("@recallkit/storage-adapters/sqlite")} */
  const { sqliteStores } = await import(at("packages/storage-adapters/dist/sqlite/index.js"));
  const folder = mkdtempSync(join(tmpdir(), "recallkit-bench-"));
  const stores = await sqliteStores({ file: join(folder, "bench.db"), migrate: true });
  const kit = createRecallKit({
    stores,
    logger: silentLogger,
    channels: [
      {
        name: "wecom",
        specVersion: 1,
        personal: false,
        addressType: "external_userid",
        maxBatchSize: BATCH_SIZE,
        capability: () => "none",
        send: async ({ marker, recipients }) => recipients.map(() => ({ kind: "accepted", providerMessageId: marker })),
      },
    ],
  });
  await kit.customers.upsert(
    Array.from({ length: batches * BATCH_SIZE }, (_, n) => ({ externalKey: `c${n}`, externalUserId: `wm_${n}` })),
  );
  const rule = await kit.rules.create({
    name: "everybody",
    segment: { everybody: true },
    validFrom: "2020-01-01",
    validTo: "2100-12-31",
    content: { text: "喵" },
  });
  await kit.occurrences.runNow(rule.id);
  const startedAt = performance.now();
  await kit.tick();
  const ms = (performance.now() - startedAt) / batches;
  await kit.close();
  rmSync(folder, { recursive: true, force: true });
  return Math.round(ms * 100) / 100;
}

/** @param {string} path */
function at(path) {
  return pathToFileURL(join(root, path)).href;
}
