import { readFileSync } from "node:fs";
import { createRecallKit, silentLogger } from "@recallkit/core";
import type { Channel, OutgoingBatch } from "@recallkit/core/ports";
import { CHANNEL_SPEC_VERSION } from "@recallkit/core/ports";
import { sql } from "kysely";
import { expect, onTestFinished, test } from "vitest";
import { sqliteStores } from "./sqlite-stores.js";
import { newFile } from "./test-support.js";

const PEOPLE = 60;
const TEXT = "{{product}} {{recall_link}} 码 {{recall_code}} 退订 {{unsubscribe_link}}";

/** A channel that keeps what it is given; its first answer is lost. */
function channelOf(name: string, personal: boolean, sent: string[]): Channel {
  let isLost = false;
  return {
    name,
    specVersion: CHANNEL_SPEC_VERSION,
    personal,
    addressType: "external_userid",
    maxBatchSize: 100,
    capability: () => "lookup",
    async send({ recipients }: OutgoingBatch) {
      sent.push(...recipients.map(({ content }) => String(content.text)));
      if (isLost) return recipients.map(({ address }) => ({ kind: "accepted", providerMessageId: `m-${address}` }));
      isLost = true;
      return recipients.map(() => ({ kind: "unknown", reason: "timeout" }));
    },
    lookUp: async () => [],
  };
}

test("no token and no code of a link stands in any table, file or log line after a push", async () => {
  const file = newFile();
  const stores = await sqliteStores({ file, migrate: true });
  onTestFinished(() => stores.close());
  const sent: string[] = [];
  const lines: string[] = [];
  const note = (message: string, fields: unknown) => void lines.push(message + JSON.stringify(fields));
  const logger = { ...silentLogger, debug: note, info: note, warn: note, error: note };
  let now = Date.UTC(2026, 5, 1, 2);
  const clock = { now: () => now, monotonic: () => now, sleep: async () => {} };
  const channels = [channelOf("own", true, sent), channelOf("all", false, sent)];
  const options = { stores, logger, clock, channels, caps: "off", secretKey: "x".repeat(32) } as const;
  const kit = createRecallKit({
    ...options,
    links: { publicUrl: "https://shop.example", shortUrl: "https://s.example" },
  });
  await kit.customers.upsert(
    Array.from({ length: PEOPLE }, (_, n) => ({ externalKey: `c${n}`, externalUserId: `wm_${n}` })),
  );
  const days = { validFrom: "2026-01-01", validTo: "2026-12-31" };
  const coupon = await kit.coupons.create({ name: "c", stock: 10, ...days });
  for (const { name: channel } of channels) {
    const content = { text: TEXT };
    const rule = { name: channel, channel, content, variables: { product: "p" }, coupon: coupon.id };
    const { id: ruleId } = await kit.rules.create({ segment: { everybody: true }, ...days, ...rule });
    const people = Array.from({ length: PEOPLE }, (_, n) => ({ externalKey: `c${n}`, values: { product: "猫粮" } }));
    await kit.occurrences.sendList({ ruleId, people, requestId: "r" });
  }
  for (let n = 0; n < 4; n += 1) {
    await kit.tick();
    now += 3_600_000;
  }
  const byHand = await kit.links.issue({ externalKey: "c1", channel: "own", couponId: coupon.id });
  const texts = [...new Set(sent)];
  expect(texts).toHaveLength(PEOPLE + 1);
  expect(sent).toHaveLength(PEOPLE * 4);
  const tokens = texts.map((text) => /\/r\/([\w-]{22}) /.exec(text)?.[1] ?? "");
  const codes = texts.map((text) => /码 (\w{8}) /.exec(text)?.[1] ?? "");
  for (const token of tokens.slice(0, 3)) {
    await kit.links.visit(token, { kind: "click" });
    await kit.coupons.claim({ token });
    await kit.links.unsubscribe(token);
  }
  const names = [...tokens, byHand.token, ...codes, byHand.code];
  expect(names.filter((name) => name === "")).toEqual([]);

  const tables = await sql<{ name: string }>`select name from sqlite_master where type = 'table'`.execute(stores.sql);
  let dump = "";
  for (const { name } of tables.rows)
    dump += JSON.stringify((await sql`select * from ${sql.table(name)}`.execute(stores.sql)).rows);
  expect(dump).toContain("猫粮");
  expect(names.filter((name) => dump.includes(name))).toEqual([]);
  expect(names.filter((name) => lines.join("\n").includes(name))).toEqual([]);
  // Neither in what the engine has left in the file and its log, of rows that are gone.
  const bytes = Buffer.concat([file, `${file}-wal`].map((path) => readFileSync(path)));
  expect(bytes.includes("shop.example")).toBe(false);
  expect(names.filter((name) => bytes.includes(name))).toEqual([]);
});
