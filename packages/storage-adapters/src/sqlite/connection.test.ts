import { systemClock } from "@recallkit/core";
import { describe, expect, onTestFinished, test } from "vitest";
import { sqliteConnection } from "./connection.js";
import { drivers } from "./test-support.js";

describe.each(drivers)("a connection through $name", (driver) => {
  function open(seen: string[] = []) {
    const connection = sqliteConnection(driver.open(":memory:"), systemClock, (sql, _ms, kind) =>
      seen.push(`${kind} ${sql}`),
    );
    onTestFinished(() => connection.close());
    return connection;
  }

  test("runs every statement of a schema text", () => {
    const db = open();
    db.execute("CREATE TABLE a (x); CREATE TABLE b (y)", []);
    expect(db.execute("SELECT name FROM sqlite_master ORDER BY name", []).rows).toEqual([{ name: "a" }, { name: "b" }]);
  });

  test("a cached statement sees columns added later", () => {
    const db = open();
    db.execute("CREATE TABLE a (x)", []);
    db.execute("INSERT INTO a VALUES (?)", [1]);
    expect(db.execute("SELECT * FROM a", []).rows).toEqual([{ x: 1 }]);
    db.execute("ALTER TABLE a ADD COLUMN y", []);
    expect(db.execute("SELECT * FROM a", []).rows).toEqual([{ x: 1, y: null }]);
  });

  test("reads results of more rows than a driver fetches at once", () => {
    const db = open();
    const numbers = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) SELECT i FROM n";
    for (const size of [0, 1, 99, 100, 101, 1000]) {
      const { rows } = size === 0 ? db.execute("SELECT 1 WHERE 1 = ?", [0]) : db.execute(numbers, [size]);
      expect(rows).toHaveLength(size);
    }
  });

  test("tells its observer of failed statements too", () => {
    const seen: string[] = [];
    const db = open(seen);
    db.control("BEGIN");
    expect(db.inTransaction).toBe(true);
    expect(() => db.execute("SELECT * FROM nowhere", [])).toThrow();
    db.control("ROLLBACK");
    expect(db.inTransaction).toBe(false);
    expect(seen).toEqual(["control BEGIN", "query SELECT * FROM nowhere", "control ROLLBACK"]);
  });

  test("refuses statements after close, and a second close does nothing", () => {
    const db = open();
    db.close();
    db.close();
    expect(db.inTransaction).toBe(false);
    expect(() => db.execute("SELECT 1", [])).toThrow(expect.objectContaining({ code: "storage.unavailable" }));
  });
});
