import { expect, test } from "vitest";
import { statementCache } from "./statement-cache.js";

test("keeps the most recently used and makes each only once while it stays", () => {
  const made: string[] = [];
  const cache = statementCache((sql) => made.push(sql), 2);
  for (const sql of ["a", "b", "a", "c", "a", "b"]) cache.get(sql);
  expect(made).toEqual(["a", "b", "c", "b"]);
});

test("is empty after clear", () => {
  let made = 0;
  const cache = statementCache(() => ++made);
  cache.get("a");
  cache.clear();
  expect(cache.get("a")).toBe(2);
});
