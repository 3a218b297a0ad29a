import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRecallKit, silentLogger } from "@recallkit/core";
import { sqliteStores } from "@recallkit/storage-adapters/sqlite";
import { Kysely, SqliteDialect } from "kysely";
import Libsql from "libsql";
import { expect, onTestFinished, test } from "vitest";
import { placeOrder, type ShopTables } from "./one-transaction.js";

test("an order is kept and told together, or not at all", async () => {
  const folder = await mkdtemp(join(tmpdir(), "recallkit-example-"));
  const file = join(folder, "shop.db");
  const kit = createRecallKit({ stores: await sqliteStores({ file, migrate: true }), logger: silentLogger });
  const database = new Libsql(file);
  database.exec("CREATE TABLE shop_orders (id TEXT PRIMARY KEY, customer_key TEXT NOT NULL, amount TEXT NOT NULL)");
  const db = new Kysely<ShopTables>({ dialect: new SqliteDialect({ database }) });
  onTestFinished(async () => {
    await db.destroy();
    await kit.close();
    await rm(folder, { recursive: true });
  });
  const kept = async () => [
    await db.selectFrom("shop_orders").select("id").execute(),
    await kit.audience.count({ segment: { everybody: true } }),
  ];
  await placeOrder(db, kit, { id: "1", customer_key: "mimi", amount: "12.50" });
  expect(await kept()).toEqual([[{ id: "1" }], 1]);
  await expect(placeOrder(db, kit, { id: "2", customer_key: "doudou", amount: "a lot" })).rejects.toMatchObject({
    code: "input.invalid",
  });
  expect(await kept()).toEqual([[{ id: "1" }], 1]);
});
