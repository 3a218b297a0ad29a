import { describe, expect, test } from "vitest";
import { drivers, newFile, openTest, runProgram } from "../sqlite/test-support.js";
import { migrate } from "./migrate.js";
import type { MigrationSet } from "./migration-set.js";
import { assertMigrated, isEmptyDatabase } from "./migration-status.js";

const set: MigrationSet = {
  id: "rules",
  steps: [
    { name: "create", sql: ["CREATE TABLE rule (id INTEGER PRIMARY KEY)"] },
    { name: "fill", sql: ["INSERT INTO rule VALUES (1)"] },
    { name: "extend", sql: ["ALTER TABLE rule ADD COLUMN name TEXT"] },
  ],
};

/** Migrates in another process, which kills itself right after the statement that begins with `last`. */
function migrateAndDie(options: { file: string; driver: string }, last: string) {
  return runProgram(`
    const { openSqlite } = await load("sqlite/database");
    const { migrate } = await load("migrations/migrate");
    const onStatement = (sql) => {
      if (sql.startsWith(${JSON.stringify(last)})) process.kill(process.pid, "SIGKILL");
    };
    const db = await openSqlite({ ...${JSON.stringify(options)}, onStatement });
    await migrate(db, ${JSON.stringify([set])});
    console.log("survived");
  `);
}

describe.each(drivers)("a process killed while migrating through $name", ({ name: driver }) => {
  test.each(["BEGIN IMMEDIATE", "CREATE TABLE rule", "INSERT INTO rule", "ALTER TABLE"])(
    "after %s has changed nothing, and the next start completes",
    async (last) => {
      const file = newFile();
      expect(await migrateAndDie({ file, driver }, last)).toEqual({ exitCode: null, signal: "SIGKILL", stdout: "" });
      const db = await openTest({ driver, file, schema: false });
      expect(await isEmptyDatabase(db)).toBe(true);
      expect(await migrate(db, [set])).toHaveLength(3);
      await assertMigrated(db, [set]);
      expect(await db.readHeavy("SELECT id, name FROM rule")).toEqual([{ id: 1, name: null }]);
    },
  );

  test("after COMMIT has done everything", async () => {
    const file = newFile();
    expect(await migrateAndDie({ file, driver }, "COMMIT")).toMatchObject({ signal: "SIGKILL" });
    const db = await openTest({ driver, file, schema: false });
    await assertMigrated(db, [set]);
    expect(await migrate(db, [set])).toEqual([]);
  });
});
