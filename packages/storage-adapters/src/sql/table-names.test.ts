import { expect, test } from "vitest";
import { recallkitMigrations } from "../schema/recallkit-migrations.js";
import { type TableNaming, tableNames } from "./table-names.js";

const shop = {
  id: "shop",
  steps: [
    { name: "notes", sql: ["CREATE TABLE IF NOT EXISTS shop_notes (a INT)", 'create unique index "shop_i" on x (a)'] },
  ],
};

function named(naming: TableNaming) {
  const names = tableNames(naming);
  names.learn([recallkitMigrations, shop], "postgres");
  return names;
}

const inSchema = named({ schema: "s" });
const renamed = named({ prefix: "rc_" });

test.each([
  ["select c.name from rk_customers as c", 'select c.name from "s".rk_customers as c'],
  ['select "rk_orders"."id" from "rk_orders"', 'select "rk_orders"."id" from "s"."rk_orders"'],
  [
    "select 1 from rk_orders o, lateral (select 1) x, rk_rules",
    'select 1 from "s".rk_orders o, lateral (select 1) x, "s".rk_rules',
  ],
  [
    "select a, rk_rules from other, x where a in (1, rk_orders)",
    "select a, rk_rules from other, x where a in (1, rk_orders)",
  ],
  [
    "insert into rk_config (name) select name from (rk_media join shop_notes on true)",
    'insert into "s".rk_config (name) select name from ("s".rk_media join "s".shop_notes on true)',
  ],
  [
    "update rk_orders set rk_orders = 1 from rk_labels where rk_orders.id = rk_labels.id",
    'update "s".rk_orders set rk_orders = 1 from "s".rk_labels where rk_orders.id = rk_labels.id',
  ],
  [
    "insert into x values (1) on conflict (a) do update set a = 1",
    "insert into x values (1) on conflict (a) do update set a = 1",
  ],
  [
    "select 1 from rk_orders as b for update of b skip locked",
    'select 1 from "s".rk_orders as b for update of b skip locked',
  ],
  [
    "CREATE UNIQUE INDEX rk_customers_key ON rk_customers (tenant_id)",
    'CREATE UNIQUE INDEX rk_customers_key ON "s".rk_customers (tenant_id)',
  ],
  ["CREATE TABLE IF NOT EXISTS rk_migrations (step INT)", 'CREATE TABLE IF NOT EXISTS "s".rk_migrations (step INT)'],
  ["DROP INDEX IF EXISTS rk_customers_key", 'DROP INDEX IF EXISTS "s".rk_customers_key'],
  ["ALTER TABLE rk_orders ADD COLUMN rk_rules INT", 'ALTER TABLE "s".rk_orders ADD COLUMN rk_rules INT'],
  ["ANALYZE (SKIP_LOCKED) rk_orders", 'ANALYZE (SKIP_LOCKED) "s".rk_orders'],
  [
    "select * from jsonb_populate_recordset(null::rk_orders, $1::jsonb)",
    'select * from jsonb_populate_recordset(null::"s".rk_orders, $1::jsonb)',
  ],
  [
    "select * from mine.rk_orders where exists (select 1 from rk_orders)",
    'select * from mine.rk_orders where exists (select 1 from "s".rk_orders)',
  ],
  ["delete from RK_ORDERS using rk_rules as r", 'delete from "s".rk_orders using "s".rk_rules as r'],
  [
    "select 'from rk_orders', $$ from rk_orders $$, e'\\' from rk_orders' -- from rk_orders\n/* from rk_orders */",
    undefined,
  ],
  [
    "select 'C:\\' from rk_orders where x = 'from rk_orders'",
    "select 'C:\\' from \"s\".rk_orders where x = 'from rk_orders'",
  ],
  ["select rk_gold, t.rk_orders, 1 as rk_rules from rk_customer_club as t", undefined],
])("%s names tables in a schema where they stand", (sql, expected = sql) => {
  expect(inSchema.in(sql)).toBe(expected);
  // The second time it is known.
  expect(inSchema.in(sql)).toBe(expected);
});

test.each([
  ["select rk_orders.id from `rk_orders`, rk_rules as r", "select rc_orders.id from `rc_orders`, rc_rules as r"],
  ["select 'rk_orders', 'rk_gold', \"rk_gold\", rk_gold from rk_club", undefined],
  [
    "select 1 from rk_orders as t force index (rk_orders_key) where a = 'it\\'s from rk_orders'",
    "select 1 from rc_orders as t force index (rc_orders_key) where a = 'it\\'s from rk_orders'",
  ],
  [
    "CREATE UNIQUE INDEX rk_customers_key ON rk_customers (tenant_id)",
    "CREATE UNIQUE INDEX rc_customers_key ON rc_customers (tenant_id)",
  ],
  ["select 1 from shop_notes", undefined],
])("%s is written with another prefix", (sql, expected = sql) => {
  expect(named({ prefix: "rc_", hasBackslashEscapes: true }).in(sql)).toBe(expected);
});

test("tells its own tables from others by their names in the database", () => {
  expect(["rc_orders", "rk_orders", "rc_gold", "shop_notes"].map(renamed.isOwn)).toEqual([true, false, false, true]);
  expect([renamed.of("rk_orders"), renamed.of("rk_gold")]).toEqual(["rc_orders", "rk_gold"]);
});

test.each(["", "Rk_", "1_", "a-", "x".repeat(21), 'a"'])("%j is no prefix", (prefix) => {
  expect(() => tableNames({ prefix })).toThrow(/tablePrefix/);
});
