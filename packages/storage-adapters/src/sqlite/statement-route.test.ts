import { CompiledQuery } from "kysely";
import { expect, test } from "vitest";
import { routeOf } from "./statement-route.js";

test.each([
  ["read", "SELECT 1"],
  ["read", "  select * from a"],
  ["read", "VALUES (1)"],
  ["read", "EXPLAIN QUERY PLAN DELETE FROM a"],
  ["read", "WITH x AS (SELECT 1) SELECT * FROM x"],
  ["write", "WITH x AS (SELECT 1) INSERT INTO a SELECT * FROM x"],
  ["write", "with x as (select 1) delete from a"],
  ["write", "INSERT INTO a VALUES (1)"],
  ["write", "UPDATE a SET b = 1 RETURNING b"],
  ["write", "CREATE TABLE a (b)"],
  ["write", "-- note\nSELECT 1"],
  ["write", "selection"],
  ["bare", "PRAGMA user_version"],
  ["bare", "VACUUM"],
])("%s: %s", (route, sql) => {
  expect(routeOf(CompiledQuery.raw(sql))).toBe(route);
});
