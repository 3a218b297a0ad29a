import { createRecallKit, type KitEvent, silentLogger, type TenantKit } from "@recallkit/core";
import { memoryStores } from "@recallkit/core/memory";
import type { Stores } from "@recallkit/core/ports";
import { afterAll, describe, expect, test } from "vitest";
import { mysqlStores } from "./mysql/mysql-stores.js";
import { mysqlUrl, newDatabase } from "./mysql/test-support.js";
import { postgresStores } from "./postgres/postgres-stores.js";
import { newSchema, postgresUrl } from "./postgres/test-support.js";
import { sqliteStores } from "./sqlite/sqlite-stores.js";

const postgres = newSchema();
const mysql = newDatabase();
afterAll(() => Promise.all([postgresUrl && postgres.drop(), mysqlUrl && mysql.drop()]));

const ENGINES: readonly (readonly [string, boolean, () => Promise<Stores>])[] = [
  ["memory", true, async () => memoryStores()],
  ["SQLite", true, () => sqliteStores({ file: ":memory:", migrate: true })],
  ["PostgreSQL (needs a server)", postgresUrl !== "", () => postgresStores({ ...postgres, migrate: true })],
  [
    "MariaDB (needs a server)",
    mysqlUrl !== "",
    () => mysql.create().then(() => mysqlStores({ ...mysql, migrate: true })),
  ],
];

const order = (id: number) => ({
  externalId: `o${id}`,
  externalKey: `c${id % 7}`,
  orderedAt: "2026-03-01T10:00:00Z",
  amount: id,
  status: "paid",
  lines: [{ sku: `s${id % 3}` }],
});

/** A night's import: good rows in several chunks, one that is refused, and a question about what it wrote. */
async function night(kit: TenantKit) {
  const orders = await kit.orders.ingest([
    ...Array.from({ length: 1100 }, (_, id) => order(id)),
    { ...order(1), orderedAt: "x" },
  ]);
  const people = await kit.customers.upsert([{ externalKey: "c1", city: "上海" }, { externalKey: "new" }]);
  const found = await kit.audience.count({ segment: { everybody: true } });
  return { orders, people, found };
}

describe.each(ENGINES)("a rehearsal on %s", (_, isThere, open) => {
  test.skipIf(!isThere)("has the figures of the real run and leaves nothing", async () => {
    const kit = createRecallKit({ stores: await open(), logger: silentLogger, secretKey: "x".repeat(32) });
    const events: KitEvent[] = [];
    kit.on((event) => events.push(event));
    const tenant = await kit.tenants.create({ name: "二店" });
    const shop = kit.forTenant(tenant.id);
    await shop.orders.ingest([order(3)]);
    const before = await shop.tenant();

    const rehearsed = await shop.rehearse(night);
    expect(await shop.audience.count({ segment: { everybody: true } })).toBe(1);
    expect(await shop.tenant()).toEqual(before);
    expect(await night(shop)).toEqual(rehearsed);
    expect(rehearsed.orders).toMatchObject({ inserted: 1099, unchanged: 1, rejected: [{ index: 1100 }] });

    const failing = shop.rehearse(async (inside) => {
      await inside.customers.upsert([{ externalKey: "lost" }]);
      throw new Error("no");
    });
    await expect(failing).rejects.toThrow("no");
    await expect(shop.customers.export("lost")).rejects.toMatchObject({ code: "customer.not-found" });
    expect(events).toEqual([]);

    const calls: readonly ((inside: TenantKit) => Promise<unknown>)[] = [
      (inside) => inside.audience.preview({ segment: { everybody: true } }),
      (inside) => inside.sendTest(1, { addresses: ["wm1"] }),
      (inside) => inside.rehearse(async () => 1),
    ];
    for (const call of calls) await expect(kit.rehearse(call)).rejects.toMatchObject({ code: "transaction.refused" });
    await expect(kit.rehearse(1 as never)).rejects.toMatchObject({ code: "input.invalid" });
    await kit.close();
  });
});
