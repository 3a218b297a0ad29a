import { expect, test } from "vitest";
import { tableGrowth } from "./table-growth.js";

test("a table is due after its first thousand rows and at every doubling, other statements are not counted", () => {
  const growth = tableGrowth();
  const insert = (rows: number) => growth.note('insert into "rk_orders" ("id") select 1', rows);
  insert(999);
  growth.note('update "rk_orders" set id = id', 5_000);
  growth.note("insert into other values (1)", 5_000);
  expect(growth.due()).toEqual([]);
  insert(1);
  expect(growth.due()).toEqual(["rk_orders"]);
  expect(growth.due()).toEqual([]);
  insert(999);
  expect(growth.due()).toEqual([]);
  insert(1);
  growth.note("insert into rk_deliveries (id) select 1", 1_000);
  expect(growth.due()).toEqual(["rk_orders", "rk_deliveries"]);
});
