import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRecallKit } from "@recallkit/core";
import { sqliteStores } from "@recallkit/storage-adapters/sqlite";
import { wecomChannel } from "@recallkit/wecom";
import { startWecomSimulator } from "@recallkit/wecom/simulator";

// Plays WeCom on this machine: its staff confirm at once and nobody gets a message. For the real one leave out `baseUrl`.
const wecom = await startWecomSimulator({ confirm: { afterMs: 0 } });
const folder = await mkdtemp(join(tmpdir(), "recallkit-"));
const kit = createRecallKit({
  stores: await sqliteStores({ file: join(folder, "recall.db"), migrate: true }),
  channels: [wecomChannel({ corpId: "ww-simulator", secret: "simulator-secret", baseUrl: wecom.url })],
  timings: { resultsPollMs: 0 },
});

const [now, day] = [Date.now(), 86_400_000];
const shop = [
  { key: "mimi", city: "上海", boughtDaysAgo: 41 },
  { key: "tuantuan", city: "上海", boughtDaysAgo: 32 },
  { key: "laohu", city: "上海", boughtDaysAgo: 38 },
  { key: "doudou", city: "上海", boughtDaysAgo: 3 },
  { key: "baozi", city: "北京", boughtDaysAgo: 41 },
];
await kit.customers.upsert(shop.map(({ key, city }) => ({ externalKey: key, externalUserId: `wm-${key}`, city })));
const order = (key: string, at: number, amount: number) => ({
  externalId: `${key}-${at}`,
  externalKey: key,
  orderedAt: at,
  amount,
});
await kit.orders.ingest(shop.map(({ key, boughtDaysAgo }) => order(key, now - boughtDaysAgo * day, 99)));

const rule = await kit.rules.create({
  name: "45天未购买用户召回",
  segment: { lapse: { minDays: 30, maxDays: 45 }, labels: { city: ["上海"] } },
  slots: [{ weekday: 1, time: "10:00" }],
  validFrom: "2026-01-01",
  validTo: "2099-12-31",
  content: { text: "喵～好久不见，猫砂补货了吗？https://shop.example/back" },
});
const { steps } = await kit.audience.preview(rule); // counts only, sends nothing
console.log(steps.map(({ name, count }) => `${name} ${count}`).join(" → "));
const { included, checks } = await kit.audience.explain(rule, { externalKey: "baozi" });
console.log("baozi is", included ? "in" : "out:", ...checks.filter(({ passed }) => !passed).map(({ name }) => name));

wecom.setFollowers("wm-laohu", []); // laohu has deleted his contact
const { id } = await kit.occurrences.runNow(rule.id); // the slot would do the same on Monday at 10:00
while (!/^completed/.test((await kit.occurrences.status(id)).state)) await kit.tick(); // a server: kit.run({ signal })
await kit.orders.ingest([order("mimi", now + day, 128)]); // the next day mimi is back

const report = await kit.report(rule.id, { asOf: now + 7 * day });
for (const figure of ["audience", "failed", "accepted", "delivered", "orders", "buyerRate", "revenueMinor"] as const) {
  console.log(`${figure.padEnd(12)} | ${report[figure]}`);
}
await kit.close();
await wecom.close();
