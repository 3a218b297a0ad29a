// Processes are killed at random moments of their work; what the next one finds must be whole.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { createRecallKit, type OrderInput, silentLogger, systemClock } from "@recallkit/core";
import { recordingChannel } from "@recallkit/core/testing";
import { sql } from "kysely";
import { describe, expect, onTestFinished, test } from "vitest";
import { parseDatabaseUrl } from "../config/database-url.js";
import { openStoresAt } from "../open-stores.js";
import { startChild } from "../testing/child.js";
import { type Engine, engines } from "../testing/engines.js";

const KILLS = Number(process.env.KILLS ?? 2);
/** Of few kills each is cheaper: less work, and so less to prepare. */
const SIZE = KILLS < 20 ? 1 : 3;
const TIMEOUT = { timeout: 60_000 + KILLS * 20_000 };

async function newUrl(engine: Engine): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "recallkit-kill-"));
  const url = await engine.newUrl(folder);
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return url;
}

async function reopened(url: string) {
  const setting = parseDatabaseUrl(url);
  if (typeof setting === "string") throw new Error(setting);
  const stores = await openStoresAt(setting, { sets: [] });
  onTestFinished(() => stores.close());
  return stores;
}

/** Lets a program work from its line `go` on, and kills it after some milliseconds unless it is done. */
async function workUntilKilled(program: string, url: string, ms?: number): Promise<number | undefined> {
  const child = startChild(program, { DATABASE_URL: url });
  expect(await child.line()).toBe("go");
  const startedAt = performance.now();
  const done = child.line();
  if (ms !== undefined) {
    await Promise.race([done, wait(ms)]);
    child.kill("SIGKILL");
  }
  const outcome = await child.ended;
  if (ms !== undefined) return undefined;
  expect([await done, outcome]).toEqual(["done", 0]);
  return performance.now() - startedAt;
}

/** Moments spread over the work, in no order that favours one part of it. */
function moments(wholeMs: number): readonly number[] {
  return Array.from({ length: KILLS }, (_, n) => wholeMs * (((n + 0.5) * 0.618034) % 1));
}

const ORDERS = SIZE * 2_000;
const orders: readonly OrderInput[] = Array.from({ length: ORDERS }, (_, n) => ({
  externalId: `o${n}`,
  externalKey: `c${n % 900}`,
  orderedAt: 1_700_000_000_000 + n,
  lines: [
    { sku: `s${n % 50}`, amount: 1 },
    { sku: "s0", amount: 2, brand: "b" },
  ],
}));

const IMPORT = `
import { createRecallKit, silentLogger } from "@recallkit/core";
const kit = createRecallKit({ stores: await open(), logger: silentLogger });
const orders = Array.from({ length: ${ORDERS} }, (_, n) => ({
  externalId: "o" + n, externalKey: "c" + (n % 900), orderedAt: 1700000000000 + n,
  lines: [{ sku: "s" + (n % 50), amount: 1 }, { sku: "s0", amount: 2, brand: "b" }],
}));
say("go");
await kit.orders.ingest(orders, { source: "shop" });
say("done");
await kit.close();
process.exit(0);`;

const PEOPLE = SIZE * 4_000;
const RULE = {
  name: "everybody",
  segment: { everybody: true },
  validFrom: "2020-01-01",
  validTo: "2100-12-31",
  channel: "wecom",
  content: { text: "hello" },
} as const;

const SNAPSHOT = `
import { createRecallKit, silentLogger, systemClock as clock } from "@recallkit/core";
import { recordingChannel } from "@recallkit/core/testing";
const kit = createRecallKit({ stores: await open(), logger: silentLogger, secretKey: "x".repeat(32),
  channels: [recordingChannel({ clock, name: "wecom", maxBatchSize: 1000 })] });
say("go");
await kit.tick();
say("done");
await kit.close();
process.exit(0);`;

const MIGRATE = `
say("go");
const stores = await open(true);
say("done");
await stores.close();
process.exit(0);`;

describe.each(engines.map((engine) => [engine.name, engine] as const))("%s", (_, engine) => {
  const run = engine.missing === undefined ? test : test.skip;

  run(
    `${KILLS} kills while orders are imported: every order is whole, and the next import completes`,
    TIMEOUT,
    async () => {
      const wholeMs = (await workUntilKilled(IMPORT, await newUrl(engine))) ?? 0;
      let cutShort = 0;
      for (const ms of moments(wholeMs)) {
        const url = await newUrl(engine);
        await workUntilKilled(IMPORT, url, ms);
        const stores = await reopened(url);
        await stores.assertMigrated();
        const { rows } = await sql<{ orders: number; broken: number; changed: number }>`select count(*) as orders,
          count(case when amount_minor <> (select coalesce(sum(l.amount_minor), 0) from rk_order_lines as l
            where l.tenant_id = 1 and l.order_id = o.id) then 1 end) as broken,
          (select count(*) from rk_changes where tenant_id = 1 and kind = 'order') as changed
        from rk_orders as o where tenant_id = 1`.execute(stores.sql);
        const found = rows[0]?.orders ?? 0;
        expect(rows[0]).toEqual({ orders: found, broken: 0, changed: found });
        if (found < ORDERS) cutShort++;
        const kit = createRecallKit({ stores, logger: silentLogger });
        const result = await kit.orders.ingest(orders, { source: "shop" });
        expect(result).toMatchObject({ inserted: ORDERS - found, updated: 0, unchanged: found });
        const revenue = await sql<{ minor: number | string }>`select sum(amount_minor) as minor from rk_orders`.execute(
          stores.sql,
        );
        // Sums are decimals, which keep their digits as text where the driver has no such numbers.
        expect(Number(revenue.rows[0]?.minor)).toBe(ORDERS * 300);
      }
      expect(cutShort).toBeGreaterThan(0);
    },
  );

  run(`${KILLS} kills while a push is planned and sent: everybody is in it once`, TIMEOUT, async () => {
    const prepared = async () => {
      const url = await newUrl(engine);
      const stores = await reopened(url);
      await stores.migrate();
      const kit = createRecallKit({ stores, logger: silentLogger });
      await kit.customers.upsert(
        Array.from({ length: PEOPLE }, (_, n) => ({ externalKey: `c${n}`, externalUserId: `wm_${n}` })),
      );
      const { id } = await kit.rules.create(RULE);
      await kit.occurrences.runNow(id);
      return { url, stores, ruleId: id };
    };
    const wholeMs = (await workUntilKilled(SNAPSHOT, (await prepared()).url)) ?? 0;
    for (const ms of moments(wholeMs)) {
      const { url, stores } = await prepared();
      await workUntilKilled(SNAPSHOT, url, ms);
      const now = Date.now();
      // The dead process's leases are over.
      const clock = { ...systemClock, now: () => now + 3_600_000 };
      const channel = recordingChannel({ clock, name: "wecom", maxBatchSize: 1_000 });
      const kit = createRecallKit({
        stores,
        logger: silentLogger,
        clock,
        channels: [channel],
        secretKey: "x".repeat(32),
      });
      for (let n = 0; n < 5; n++) await kit.tick();
      const [occurrence] = (await kit.occurrences.list()).items;
      const { rows } = await sql<{ people: number; distinct_people: number }>`select count(*) as people,
        count(distinct customer_id) as distinct_people from rk_deliveries`.execute(stores.sql);
      expect(rows).toEqual([{ people: PEOPLE, distinct_people: PEOPLE }]);
      const { deliveries, batches } = await kit.occurrences.status(occurrence?.id ?? 0);
      expect(Object.values(deliveries).reduce((sum, count) => sum + count, 0)).toBe(PEOPLE);
      expect(Object.values(batches).reduce((sum, count) => sum + count, 0)).toBe(PEOPLE / 1_000);
      expect(deliveries.queued ?? 0).toBe(0);
    }
  });

  run(
    `${KILLS} kills while the schema is made: it never serves in part, and the next start completes it`,
    TIMEOUT,
    async () => {
      const wholeMs = (await workUntilKilled(MIGRATE, await newUrl(engine))) ?? 0;
      for (const ms of moments(wholeMs)) {
        const url = await newUrl(engine);
        await workUntilKilled(MIGRATE, url, ms);
        const stores = await reopened(url);
        const { pending } = await stores.migrationStatus();
        const serving = await stores.assertMigrated().then(
          () => "serves",
          ({ code }: { code: string }) => code,
        );
        expect(serving).toBe(pending.length === 0 ? "serves" : "storage.schema-outdated");
        await stores.migrate();
        await stores.assertMigrated();
        expect(await stores.tenants.list()).toMatchObject([{ id: 1 }]);
        expect(
          (await stores.tenants.insert({ name: "二店", timeZone: "Asia/Shanghai", currency: "CNY", createdAt: 1 })).id,
        ).toBe(2);
      }
    },
  );

  run("two processes that start together on an empty database both come up", async () => {
    const url = await newUrl(engine);
    const children = [1, 2].map(() => startChild(MIGRATE, { DATABASE_URL: url }));
    expect(await Promise.all(children.map(({ ended }) => ended))).toEqual([0, 0]);
    expect(await (await reopened(url)).tenants.list()).toHaveLength(1);
  });
});
