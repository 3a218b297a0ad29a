import { sql } from "kysely";
import { expect, test } from "vitest";
import { jsonParameter } from "../sql/json-parameter.js";
import { sqliteSqlDialect } from "./sql-dialect.js";
import { openTest } from "./test-support.js";

const values = ["", "a'\"\\b", "喵～🐱\n\t", "\\u0041", 0, -1, Number.MAX_SAFE_INTEGER, 1.5, null];

test("rows come back from the engine as they went in", async () => {
  const { kysely } = await openTest();
  const rows = sqliteSqlDialect.rows(
    { n: "integer", v: "text" },
    values.map((value, n) => [n, value]),
  );
  const { rows: read } = await sql<{
    v: unknown;
    t: string;
  }>`select v, typeof(v) as t from ${rows} as r order by n`.execute(kysely);
  expect(read.map(({ v }) => v)).toEqual(values);
  expect(read.map(({ t }) => t)).toEqual([...Array(4).fill("text"), ...Array(3).fill("integer"), "real", "null"]);
});

test("a list is one parameter, whatever its length", async () => {
  const { kysely } = await openTest();
  const list = sqliteSqlDialect.list(Array.from({ length: 50_000 }, (_, index) => index));
  const { rows } = await sql<{ n: number }>`select count(*) as n from (select 49999 as x) where x in ${list}`.execute(
    kysely,
  );
  expect(rows).toEqual([{ n: 1 }]);
});

test("a lone surrogate becomes U+FFFD, its escape in a text stays", () => {
  expect(JSON.parse(jsonParameter(["a\ud800", "\\ud800"]))).toEqual(["a\ufffd", "\\ud800"]);
});

test("U+0000 is refused", () => {
  expect(() => jsonParameter([["fine"], ["a\0b"]])).toThrow(expect.objectContaining({ code: "input.invalid" }));
});

test.each([Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])("%s is refused", (value) => {
  expect(() => jsonParameter([value])).toThrow(expect.objectContaining({ code: "storage.invalid-parameter" }));
});
