import { expect, test } from "vitest";
import { tableNames } from "./table-names.js";

test("names that begin with rk_ get the prefix, and nothing else does", () => {
  const named = tableNames("shop_");
  expect(named('select rk_a.x from "rk_a" as mark_b, our_rk_c where t.rk_d = 1')).toBe(
    'select shop_a.x from "shop_a" as mark_b, our_rk_c where t.shop_d = 1',
  );
  expect(tableNames()("rk_a")).toBe("rk_a");
});

test.each(["", "Rk_", "1_", "a-", "x".repeat(21), 'a"'])("%j is no prefix", (prefix) => {
  expect(() => tableNames(prefix)).toThrow(/tablePrefix/);
});
