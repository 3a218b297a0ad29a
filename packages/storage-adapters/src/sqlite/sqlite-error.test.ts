import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { StorageError, systemClock } from "@recallkit/core";
import { describe, expect, onTestFinished, test } from "vitest";
import { isBusy, isConstraintError } from "../sql/constraint-error.js";
import { sqliteConnection } from "./connection.js";
import { openSqlite } from "./database.js";
import { toStorageError } from "./sqlite-error.js";
import { drivers, newFile } from "./test-support.js";

const SCHEMA = `CREATE TABLE parent (id INTEGER PRIMARY KEY, tenant_id INTEGER, name TEXT NOT NULL, n INTEGER CHECK (n > 0),
  UNIQUE (tenant_id, name));
  CREATE TABLE tag (name TEXT);
  CREATE UNIQUE INDEX tag_lower ON tag (lower(name));
  INSERT INTO tag VALUES ('a');
  CREATE TABLE child (parent_id INTEGER REFERENCES parent (id));
  INSERT INTO parent VALUES (1, 7, 'a', 1)`;

describe.each(drivers)("errors of $name", (driver) => {
  function failing(sql: string): unknown {
    const db = sqliteConnection(driver.open(":memory:"), systemClock, () => {});
    onTestFinished(() => db.close());
    db.control("PRAGMA foreign_keys = ON");
    db.execute(SCHEMA, []);
    try {
      db.execute(sql, []);
    } catch (error) {
      return error;
    }
    throw new Error("nothing was thrown");
  }

  test.each([
    ["unique", ["tenant_id", "name"], "INSERT INTO parent VALUES (2, 7, 'a', 1)"],
    ["unique", ["id"], "INSERT INTO parent VALUES (1, 8, 'b', 1)"],
    ["unique", ["tenant_id", "name"], "INSERT INTO parent VALUES (2, 7, 'a', 1) RETURNING id"],
    ["unique", [], "INSERT INTO tag VALUES ('A')"],
    ["not-null", ["name"], "INSERT INTO parent VALUES (2, 8, NULL, 1)"],
    ["check", [], "INSERT INTO parent VALUES (2, 8, 'b', 0)"],
    ["foreign-key", [], "INSERT INTO child VALUES (99)"],
  ] as const)("a broken %s rule tells its columns %j", (kind, columns, sql) => {
    const error = failing(sql);
    expect(error).toMatchObject({ code: "storage.constraint", retryable: false, kind, columns });
    expect(isConstraintError(error)).toBe(true);
    expect(isConstraintError(error, kind)).toBe(true);
    expect(isConstraintError(error, "other")).toBe(false);
  });

  test("a wrong statement is a failure without retry", () => {
    expect(failing("SELEC 1")).toMatchObject({ code: "storage.failed", retryable: false });
    expect(failing("SELECT * FROM nowhere")).toMatchObject({ code: "storage.failed" });
  });

  test("a file that is no database is unavailable, with a hint", async () => {
    const file = newFile();
    writeFileSync(file, "order_no,customer_key\n".repeat(200));
    await expect(openSqlite({ file, driver: driver.name })).rejects.toMatchObject({
      code: "storage.unavailable",
      retryable: false,
      hint: "the file is not an SQLite database",
    });
  });

  test("a path that is a folder is unavailable", async () => {
    const file = newFile();
    mkdirSync(file);
    await expect(openSqlite({ file, driver: driver.name })).rejects.toMatchObject({
      code: "storage.unavailable",
      hint: "the database file or its folder cannot be opened or made",
    });
  });

  test("a folder that cannot be made is unavailable", async () => {
    const blocked = newFile("file");
    writeFileSync(blocked, "");
    await expect(openSqlite({ file: join(blocked, "recall.db"), driver: driver.name })).rejects.toMatchObject({
      code: "storage.unavailable",
    });
  });

  test("a missing parent folder is made", async () => {
    const file = join(dirname(newFile()), "a", "b", "recall.db");
    const db = await openSqlite({ file, driver: driver.name });
    await db.close();
    const again = await openSqlite({ file, driver: driver.name, readOnly: true });
    await again.close();
  });
});

test("an error of RecallKit passes unchanged", () => {
  const error = new StorageError("storage.busy", "busy");
  expect(toStorageError(error)).toBe(error);
  expect(isBusy(error)).toBe(true);
});

test("what is no error of a driver is a plain failure with its cause", () => {
  expect(toStorageError("odd")).toMatchObject({ code: "storage.failed", cause: "odd" });
  expect(isBusy(new Error("database is locked"))).toBe(false);
});
