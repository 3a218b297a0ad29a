// A whole audience goes out from a process of its own with little memory: it must not grow with the people nor the batches.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { startChild } from "../testing/child.js";
import { engines } from "../testing/engines.js";

const PEOPLE = Number(process.env.BULK_PEOPLE ?? 10_000);
const MAX_HEAP_MB = 256;
const MAX_RSS_MB = 300;

const program = `
const { createRecallKit, silentLogger } = await import("@recallkit/core");
const people = Number(process.env.PEOPLE), maxBatchSize = Number(process.env.BATCH_SIZE);
const stores = await open();
const counts = { calls: 0, addresses: 0, largest: 0 };
const channel = {
  specVersion: 1, name: "wecom", addressType: "external_userid", personal: false, maxBatchSize,
  capability: () => "lookup", checkContent: () => [], lookUp: async () => [],
  async send({ marker, recipients }) {
    counts.calls++;
    counts.addresses += recipients.length;
    counts.largest = Math.max(counts.largest, recipients.length);
    return recipients.map(() => ({ kind: "accepted", providerMessageId: marker }));
  },
};
const kit = createRecallKit({ stores, channels: [channel], logger: silentLogger });
await kit.customers.upsert((function* () {
  for (let n = 0; n < people; n++) yield { externalKey: "c" + n, externalUserId: "wm_" + n };
})());
const rule = await kit.rules.create({
  name: "everybody", segment: { everybody: true }, validFrom: "2020-01-01", validTo: "2100-12-31",
  content: { text: "https://shop.example/r" },
});
const { id } = await kit.occurrences.runNow(rule.id);
const stop = new AbortController();
kit.on((event) => event.type === "occurrence" && event.state.startsWith("completed") && stop.abort());
const startedAt = performance.now();
await kit.run({ signal: stop.signal });
const { state, deliveries } = await kit.occurrences.status(id);
const rssMb = Math.round(process.resourceUsage().maxRSS / 1024);
say(JSON.stringify({ ...counts, state, deliveries, rssMb, seconds: Math.round((performance.now() - startedAt) / 100) / 10 }));
await kit.close();
process.exit(0);
`;

describe.each(engines.map((engine) => [engine.name, engine] as const))("%s", (name, engine) => {
  const run = engine.missing === undefined ? test : test.skip;

  run.each([
    { batchSize: 10_000, what: "as large as WeCom takes them" },
    { batchSize: 100, what: "many and small" },
  ])(
    "an occurrence of many people goes out in bounded memory, batches $what",
    { timeout: 1_800_000 },
    async ({ batchSize }) => {
      const folder = await mkdtemp(join(tmpdir(), "recallkit-bulk-"));
      onTestFinished(() => rm(folder, { recursive: true, force: true }));
      const child = startChild(program, {
        DATABASE_URL: await engine.newUrl(folder),
        PEOPLE: String(PEOPLE),
        BATCH_SIZE: String(batchSize),
        NODE_OPTIONS: `--max-old-space-size=${MAX_HEAP_MB}`,
      });
      const { rssMb, seconds, ...told } = JSON.parse((await child.line()) ?? "{}");
      expect(told).toEqual({
        calls: Math.ceil(PEOPLE / batchSize),
        addresses: PEOPLE,
        largest: Math.min(batchSize, PEOPLE),
        state: "completed",
        deliveries: { accepted: PEOPLE },
      });
      expect(rssMb).toBeLessThanOrEqual(MAX_RSS_MB);
      if (PEOPLE > 10_000)
        process.stdout.write(`${name}: ${PEOPLE} people, ${told.calls} batches: ${rssMb} MB at most, ${seconds} s\n`);
    },
  );
});
