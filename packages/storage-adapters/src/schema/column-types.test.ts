import { expect, test } from "vitest";
import { schemaSql } from "./column-types.js";

test("types, clustering and partial indexes are spelled for SQLite", () => {
  const statements = [
    "CREATE TABLE t (id {id}, at {instant} NOT NULL) {clustered}",
    "CREATE INDEX i ON t (at) {where at IS NOT NULL}",
  ];
  expect(schemaSql("sqlite", statements)).toEqual([
    "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL) WITHOUT ROWID",
    "CREATE INDEX i ON t (at) WHERE at IS NOT NULL",
  ]);
});

test("a type that does not exist is refused", () => {
  expect(() => schemaSql("sqlite", ["CREATE TABLE t (a {varchar})"])).toThrow(RangeError);
});

test("an engine without a spelling is refused", () => {
  expect(() => schemaSql("postgres", [])).toThrow(RangeError);
});
