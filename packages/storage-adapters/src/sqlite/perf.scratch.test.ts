import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "vitest";
import { sql } from "kysely";
import { openSqlite } from "./database.js";
import { sqliteStores } from "./sqlite-stores.js";
import { countMembers, isMember } from "../sql/audience-sql.js";
import { sqliteSqlDialect as D } from "./sql-dialect.js";
const N = Number(process.env.N ?? 200000);
const DAY = 86400000, NOW = 1000 * DAY;
test("perf", async () => {
  const file = join(mkdtempSync(join(tmpdir(), "rk-")), "a.db");
  const s = await sqliteStores({ file, migrate: true });
  const db = s.sql;
  const t = async (name: string, f: () => Promise<any>) => { const a = performance.now(); const r = await f(); console.log(name.padEnd(44), (performance.now() - a).toFixed(1), "ms", JSON.stringify(r)?.slice(0, 120)); return r; };
  await t("gen customers", () => sql`insert into rk_customers (tenant_id, external_key, row_hash, created_at, updated_at) with recursive n(i) as (select 1 union all select i+1 from n where i < ${N}) select 1, 'c'||i, 'x', 0, 0 from n`.execute(db).then(() => 0));
  await sql`insert into rk_customer_identities select 1, 'external_userid', 'wm'||id, id from rk_customers`.execute(db);
  // skewed orders: 5 per customer over 730 days
  await t("gen orders", () => sql`insert into rk_orders (tenant_id, source, external_id, customer_id, ordered_at, amount_minor, refunded_minor, status, row_hash) with recursive n(i) as (select 1 union all select i+1 from n where i < ${N * 5}) select 1, 's', 'o'||i, 1 + abs(random()) % ${N}, ${NOW} - abs(random()) % ${730 * DAY}, 1000, 0, 'paid', 'x' from n`.execute(db).then(() => 0));
  await t("gen labels", () => sql`insert or ignore into rk_order_labels select 1, id, 1 + abs(random()) % 1000 from rk_orders union all select 1, id, 1001 + abs(random()) % 20 from rk_orders`.execute(db).then(() => 0));
  await sql`insert into rk_customer_labels select 1, id, 2000 + abs(random()) % 30 from rk_customers`.execute(db);
  const q = { tenantId: 1, orders: { asOf: NOW, statuses: ["paid", "completed"] }, labelGroups: [] as any[], window: { from: NOW - 45 * DAY, to: NOW - 29 * DAY, recency: "last-order" as const } };
  const g = { customerLabelIds: [2000, 2001], orderLabelIds: [5, 6, 7, 1001] };
  const qs: [string, any][] = [["window", q], ["any-order", { ...q, window: { ...q.window, recency: "any-order" } }], ["window+labels", { ...q, labelGroups: [g] }], ["labels", { tenantId: 1, orders: q.orders, labelGroups: [g] }], ["rare labels", { tenantId: 1, orders: q.orders, labelGroups: [{ customerLabelIds: [], orderLabelIds: [3] }] }], ["window+300 labels", { ...q, labelGroups: [{ customerLabelIds: [], orderLabelIds: Array.from({ length: 300 }, (_, i) => i + 1) }] }], ["all", { tenantId: 1, orders: q.orders, labelGroups: [] }], ["window+reach", { ...q, reachableBy: "external_userid" }]];
  await t("warm", () => s.audience.count(q));
  for (const [n, x] of qs) {
    await t(`count ${n}`, () => s.audience.count(x));
    await t(`page1000 ${n}`, () => s.audience.page(x, 0, 1000).then((r) => r.length));
    if (process.env.PLAN) {
      const c = countMembers(x, D).compile(db);
      console.log((await db.executeQuery<any>({ ...c, sql: "explain query plan " + c.sql } as any)).rows.map((r: any) => r.detail).join("\n"));
      const p = sql`explain query plan select c.id from rk_customers as c where c.tenant_id = 1 and c.id > 5 and ${isMember(x, D)} order by c.id limit 10`;
      console.log((await p.execute(db)).rows.map((r: any) => r.detail).join("\n"));
    }
  }
  // naive: all walk
  await t("walk all pages window", async () => { let after = 0, n = 0; for (;;) { const p = await s.audience.page(q, after, 1000); n += p.length; if (p.length < 1000) return n; after = p.at(-1)!.customerId; } });
  // snapshot
  const rule = await s.rules.insert({ tenantId: 1, status: "active", definition: { name: "r" } as any, createdAt: 0, nextDueAt: null });
  const { occurrence: oc } = await s.occurrences.insert({ tenantId: 1, ruleId: rule.id, ruleVersion: 1, kind: "slot", nominal: "x", timeZone: "Asia/Shanghai", dueAt: NOW, expiresAt: NOW + DAY, salt: "s", createdAt: 0, state: "planned", reason: null });
  const everyone = { tenantId: 1, orders: q.orders, labelGroups: [] };
  let after = 0;
  await t("snapshot 25 pages of 1000", async () => { for (let i = 0; i < 25; i++) { const r = await s.deliveries.snapshot({ tenantId: 1, occurrenceId: oc.id, ruleId: rule.id, channel: "wecom", addressType: "external_userid", query: everyone, afterId: after, limit: 1000, at: 1 }); after = r.lastId; } return after; });
  await t("snapshot one more page", () => s.deliveries.snapshot({ tenantId: 1, occurrenceId: oc.id, ruleId: rule.id, channel: "wecom", addressType: "external_userid", query: q, afterId: after, limit: 1000, at: 1 }));
  const bid = await s.batches.insert({ tenantId: 1, occurrenceId: oc.id, ruleId: rule.id, channel: "wecom", number: 1, marker: "m", capability: "lookup", createdAt: 1, notBefore: 1 });
  await t("fillBatch 10000", () => s.deliveries.fillBatch({ tenantId: 1, occurrenceId: oc.id, channel: "wecom" }, bid, 10000, 2));
  await t("charge", () => s.deliveries.chargeCaps(1, bid, 2).then(() => 0));
  const addr = await t("addresses", () => s.deliveries.addresses(1, bid));
  await t("capped", () => s.deliveries.transition(1, { batchId: bid, cappedBy: { now: 3, dayStart: 0, maxPerDay: 1, weekStart: -5, maxPerWeek: 3, minGapMs: 100 } }, "in_batch", "suppressed", { reason: "frequency_cap" }, 3));
  await t("transition except 100", () => s.deliveries.transition(1, { batchId: bid, exceptAddresses: addr.slice(0, 100) }, "in_batch", "accepted", { acceptedAt: NOW - 40 * DAY }, 3));
  await t("transition 100", () => s.deliveries.transition(1, { batchId: bid, addresses: addr.slice(0, 100) }, "in_batch", "failed", { reason: "not_a_friend" }, 3));
  await t("transition 5000 addresses", () => s.deliveries.transition(1, { batchId: bid, addresses: addr.slice(0, 5000) }, "accepted", "delivered", { deliveredAt: NOW - 39 * DAY }, 3));
  await t("refund", () => s.deliveries.refundCaps(1, bid).then(() => 0));
  await t("countByState", () => s.deliveries.countByState(1, { occurrenceId: oc.id }));
  await t("list", () => s.deliveries.list(1, { occurrenceId: oc.id, limit: 200 }).then((p) => p.items.length));
  await t("figures", () => s.conversions.figures({ tenantId: 1, asOf: NOW, windowMs: 7 * DAY, statuses: ["paid"] }));
  await s.close();
}, 600000);
