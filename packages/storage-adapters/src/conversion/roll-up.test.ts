import { createRecallKit, silentLogger } from "@recallkit/core";
import type { ConversionQuery } from "@recallkit/core/ports";
import { seededRandom, virtualClock } from "@recallkit/core/testing";
import { sql } from "kysely";
import { afterAll, describe, expect, onTestFinished, test } from "vitest";
import { draws } from "../audience/shop-model.js";
import { mysqlStores } from "../mysql/mysql-stores.js";
import { mysqlUrl, newDatabase } from "../mysql/test-support.js";
import { postgresStores } from "../postgres/postgres-stores.js";
import { newSchema, postgresUrl } from "../postgres/test-support.js";
import type { SqlStores } from "../sql/index.js";
import { sqliteStores } from "../sqlite/sqlite-stores.js";
import { newFile } from "../sqlite/test-support.js";
import { addPush, begin, DAY, HAPPENINGS, type History, NOW, newHistory, questionOf } from "./roll-up-history.js";

const isFull = process.env.RECALLKIT_FULL === "1";
const HISTORIES = isFull ? 20 : 2;
const HAPPENED = isFull ? 120 : 50;

const created: (() => Promise<unknown>)[] = [];
afterAll(() => Promise.all(created.map((drop) => drop())));

/** A database of its own, and how it is opened again and again. */
type Engine = () => Promise<() => Promise<SqlStores>>;
const ENGINES: readonly (readonly [string, boolean, Engine])[] = [
  [
    "SQLite",
    true,
    async () => {
      const file = newFile();
      return () => sqliteStores({ file, migrate: true });
    },
  ],
  [
    "PostgreSQL (needs a server)",
    postgresUrl !== "",
    async () => {
      const schema = newSchema();
      created.push(() => schema.drop());
      return () => postgresStores({ ...schema, migrate: true });
    },
  ],
  [
    "MariaDB (needs a server)",
    mysqlUrl !== "",
    async () => {
      const database = newDatabase();
      await database.create();
      created.push(() => database.drop());
      return () => mysqlStores({ ...database, migrate: true });
    },
  ],
];

const kitOf = (stores: SqlStores) =>
  createRecallKit({ stores, clock: virtualClock(NOW), logger: silentLogger, secretKey: "x".repeat(32) });

const PERIODS = [
  { from: NOW - 20 * DAY, to: NOW - 12 * DAY },
  { from: NOW - 12 * DAY, to: NOW - 3 * DAY },
  { from: NOW - 3 * DAY, to: NOW + DAY },
];

/** Fails unless credits that are kept give every figure that a search gives. @returns orders that were counted */
async function expectEqual({ conversions }: SqlStores, query: ConversionQuery): Promise<number> {
  const kept = { ...query, fromRollUp: true };
  const found = await conversions.figures(query);
  expect(await conversions.figures(kept), JSON.stringify(query)).toEqual(found);
  expect(await conversions.figuresOf(kept, PERIODS), JSON.stringify(query)).toEqual(
    await conversions.figuresOf(query, PERIODS),
  );
  expect(await conversions.products(kept, 9), JSON.stringify(query)).toEqual(await conversions.products(query, 9));
  return found.orders;
}

/** Reads until nothing is left. */
async function catchUp({ conversions }: SqlStores, limit: number): Promise<void> {
  for (let steps = 0; steps < 10_000; steps++) {
    if ((await conversions.rollUp(1, { begin: true, limit, at: NOW }))?.isCurrent) return;
  }
  throw new Error("credits never became current");
}

async function stepsOf({ conversions }: SqlStores, steps: number): Promise<void> {
  for (let step = 0; step < steps; step++) await conversions.rollUp(1, { begin: true, limit: 20, at: NOW });
}

async function isCurrent({ conversions }: SqlStores): Promise<boolean | undefined> {
  return (await conversions.rollUp(1, { begin: false, limit: 1, at: NOW }))?.isCurrent;
}

describe.each(ENGINES)("credits that are kept in %s", (_, isHere, newEngine) => {
  test.skipIf(!isHere).each(Array.from({ length: HISTORIES }, (__, seed) => seed))(
    "are those of a search whatever happens, and after every restart (history %i)",
    async (seed) => {
      const d = draws(seededRandom(seed + 200));
      const open = await newEngine();
      const history: History = newHistory(d, 0);
      let stores = await open();
      const other = await open();
      onTestFinished(() => Promise.all([stores.close(), other.close()]).then(() => {}));
      await begin(history, kitOf(stores));
      await HAPPENINGS.orders?.(history, kitOf(stores));
      await HAPPENINGS.push?.(history, kitOf(stores));
      const seen = { orders: 0, stale: 0, rebuilt: 0 };
      for (let n = 0; n < HAPPENED; n++) {
        const name = d.pick([...Object.keys(HAPPENINGS), "orders", "reports", "push", "merge", "changedOrders"]);
        const happening = HAPPENINGS[name]?.(history, kitOf(stores));
        // At times another process keeps credits while it happens.
        const meanwhile = d.chance(0.3) ? [stepsOf(other, d.below(4)), stepsOf(stores, d.below(3))] : [];
        await Promise.all([happening, ...meanwhile]);
        if ((await isCurrent(stores)) === false) seen.stale += 1;
        await expectEqual(stores, questionOf(history));
        // A step that is undone half way, and a few that stay: then the process is gone.
        const limit = d.pick([1, 3, 20, 1000]);
        if (d.chance(0.3)) {
          const undone = stores.transaction(async (tx) => {
            await tx.conversions.rollUp(1, { begin: true, limit, at: NOW });
            throw new Error("killed");
          });
          await expect(undone).rejects.toThrow("killed");
        }
        for (let step = d.below(4); step > 0; step--)
          await stores.conversions.rollUp(1, { begin: true, limit, at: NOW });
        await expectEqual(stores, questionOf(history));
        if (d.chance(0.15)) {
          await stores.close();
          stores = await open();
        }
        if (d.chance(0.05)) {
          await stores.retention.purge("changes", Number.MAX_SAFE_INTEGER, 1_000_000);
          seen.rebuilt += 1;
        }
        if (d.chance(0.04)) await stores.conversions.dropRollUp(1, d.pick([2, 1000]));
        if (d.chance(0.5)) {
          await catchUp(stores, limit);
          expect(await isCurrent(stores)).toBe(true);
          for (let asked = 0; asked < 4; asked++) seen.orders += await expectEqual(stores, questionOf(history));
        }
      }
      expect(seen.orders).toBeGreaterThan(0);
      expect(seen.stale).toBeGreaterThan(0);
    },
    isFull ? 3_600_000 : 120_000,
  );

  test.skipIf(!isHere)(
    "follow an order, a merge in each direction, and begin anew after a feed that was cut",
    async () => {
      const stores = await (await newEngine())();
      onTestFinished(() => stores.close());
      const kit = kitOf(stores);
      const history = newHistory(draws(seededRandom(8)), 0);
      await begin(history, kit);
      const query = { tenantId: 1, asOf: NOW, windowMs: 7 * DAY, statuses: ["paid"] };
      const reach = async (...numbers: readonly number[]) => {
        const { batchId } = await addPush(history, stores, { channel: "wecom", kind: "manual", afterId: 0 });
        const people = { batchId, addresses: numbers.map((n) => `wm_${n}`) };
        await stores.deliveries.transition(1, people, "in_batch", "accepted", { acceptedAt: NOW - 2 * DAY }, NOW);
      };
      const order = (externalId: string, externalKey: string) =>
        kit.orders.ingest([{ externalId, externalKey, status: "paid", orderedAt: NOW - DAY, amountMinor: 5 }], {
          source: "shop",
        });
      const expectCredited = async (orders: number) => {
        expect(await expectEqual(stores, query)).toBe(orders);
        await catchUp(stores, 1000);
        expect(await expectEqual(stores, query)).toBe(orders);
      };
      await reach(1, 3);
      await reach(2);
      await order("moves", "c1");
      await expectCredited(1);
      // Whoever writes to the stores may give an order to somebody else, if the feed tells of it.
      const moveOrder = async (key: string) => {
        await sql`update rk_orders set customer_id = (select id from rk_customers where external_key = ${key})
          where external_id = 'moves'`.execute(stores.sql);
        const [moved] = await stores.orders.findByExternalIds(1, "shop", ["moves"]);
        await stores.tenants.recordChanges(1, [{ kind: "order", id: moved?.id ?? 0 }], { at: NOW });
      };
      await moveOrder("c2");
      await expectCredited(1);
      await moveOrder("c9");
      await expectCredited(0);
      // c3 has the push and c4 the order: whoever goes on, one brings what the other one lacks.
      await order("of c4", "c4");
      await expectCredited(0);
      await kit.customers.merge("c4", "c3");
      await expectCredited(1);
      await reach(5);
      await order("of c6", "c6");
      await expectCredited(1);
      await kit.customers.merge("c5", "c6");
      await expectCredited(2);

      await order("cut off", "c1");
      await stores.retention.purge("changes", Number.MAX_SAFE_INTEGER, 1_000_000);
      await order("after it", "c2");
      await expectCredited(4);
    },
  );

  test.skipIf(!isHere)("are what a report answers from, once it has read what is new", async () => {
    const stores = await (await newEngine())();
    onTestFinished(() => stores.close());
    const kit = kitOf(stores);
    const history = newHistory(draws(seededRandom(7)), 0);
    await begin(history, kit);
    for (const name of ["push", "orders", "push", "orders", "push", "orders", "reports"])
      await HAPPENINGS[name]?.(history, kit);
    const searched = [await kit.report(), await kit.statistics(), await kit.funnel()];
    expect(await stores.conversions.rollUp(1, { begin: false, limit: 9, at: NOW })).toBeUndefined();
    const { revision } = await kit.conversions.rollUp();
    expect(revision).toBe((await stores.tenants.get(1))?.revision);
    expect([await kit.report(), await kit.statistics(), await kit.funnel()]).toEqual(searched);

    await HAPPENINGS.orders?.(history, kit);
    await HAPPENINGS.reports?.(history, kit);
    const report = await kit.report();
    expect(await isCurrent(stores)).toBe(true);
    // A row that nobody wrote tells where the figures come from, and that they can be found anew at any time.
    await sql`update rk_credited_orders set amount_minor = amount_minor + 7`.execute(stores.sql);
    expect((await kit.report()).revenueMinor).toBeGreaterThan(report.revenueMinor);
    expect(await kit.report(undefined, { windowMs: 8 * DAY })).toEqual(
      expect.objectContaining({ revenueMinor: expect.any(Number) }),
    );
    await kit.conversions.drop();
    expect(await kit.report()).toEqual(report);
    await kit.conversions.rollUp();
    expect(await kit.report()).toEqual(report);
  });
});
