// What links and coupons cost: tokens made and found, and claims of one coupon on a durable SQLite file.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "../scripts/workspace.mjs";

const PEOPLE = 10_000;
const CLAIMS = 2_000;

export async function measure() {
  /** @type {typeof import("@recallkit/core")} */
  const { createRecallKit, silentLogger } = await import(at("packages/core/dist/index.js"));
  /** @type {typeof import("@recallkit/storage-adapters/sqlite")} */
  const { sqliteStores } = await import(at("packages/storage-adapters/dist/sqlite/index.js"));
  const folder = mkdtempSync(join(tmpdir(), "recallkit-bench-"));
  const stores = await sqliteStores({ file: join(folder, "bench.db"), migrate: true });
  /** @type {string[]} */
  const tokens = [];
  let sent = 0;
  const kit = createRecallKit({
    stores,
    logger: silentLogger,
    secretKey: "for-this-measurement-0123456789abcdef",
    links: { publicUrl: "https://shop.example" },
    channels: [
      {
        name: "mail",
        specVersion: 1,
        personal: true,
        addressType: "email",
        maxBatchSize: 1,
        capability: () => "none",
        send: async ({ recipients }) => {
          for (const { content } of recipients) tokens.push(/landing\/([\w-]{22})/.exec(content.text ?? "")?.[1] ?? "");
          return recipients.map(() => ({ kind: "accepted", providerMessageId: `m${sent++}` }));
        },
      },
    ],
  });
  await kit.customers.upsert(
    Array.from({ length: PEOPLE }, (_, n) => ({ externalKey: `c${n}`, email: `c${n}@shop.example` })),
  );
  const days = { validFrom: "2020-01-01", validTo: "2100-12-31" };
  const coupon = await kit.coupons.create({ name: "c", stock: PEOPLE, valueMinor: 500, ...days });
  const rule = { name: "all", segment: { everybody: true }, coupon: coupon.id, ...days };
  /** @param {string} text */
  const pushed = async (text) => {
    const { id } = await kit.rules.create({ ...rule, name: text, content: { text }, messageClass: "transactional" });
    await kit.occurrences.runNow(id);
    return secondsOf(() => kit.tick());
  };
  const plain = await pushed("喵");
  tokens.length = 0;
  const linked = await pushed("喵 {{recall_link}}");
  const found = await secondsOf(async () => {
    for (const token of tokens) await kit.links.get(token);
  });
  const visited = await secondsOf(async () => {
    for (const token of tokens.slice(0, CLAIMS)) await kit.links.visit(token, { kind: "view" });
  });
  const claimed = await secondsOf(async () => {
    for (const token of tokens.slice(0, CLAIMS)) await kit.coupons.claim({ token });
  });
  const repeated = await secondsOf(async () => {
    for (const token of tokens.slice(0, CLAIMS)) await kit.coupons.claim({ token });
  });
  const { issued } = await kit.coupons.report(coupon.id);
  await stores.close();
  rmSync(folder, { recursive: true });
  if (issued !== CLAIMS) throw new Error(`${issued} claims of ${CLAIMS}`);
  return {
    "messages/s without links": Math.round(PEOPLE / plain),
    "messages/s with a link each": Math.round(PEOPLE / linked),
    "tokens found/s": Math.round(tokens.length / found),
    "visits/s, durable": Math.round(CLAIMS / visited),
    "claims/s, durable": Math.round(CLAIMS / claimed),
    "repeated claims/s": Math.round(CLAIMS / repeated),
  };
}

/** @param {() => Promise<unknown>} work */
async function secondsOf(work) {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

/** @param {string} path */
const at = (path) => pathToFileURL(join(root, path)).href;
