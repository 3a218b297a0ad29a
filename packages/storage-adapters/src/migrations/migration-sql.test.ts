import { describe, expect, test } from "vitest";
import { drivers, newFile, openTest } from "../sqlite/test-support.js";
import { migrate } from "./migrate.js";
import type { MigrationSet } from "./migration-set.js";
import { migrationSql } from "./migration-sql.js";
import { assertMigrated, migrationStatus } from "./migration-status.js";

const set: MigrationSet = {
  id: "owner's",
  steps: [
    { name: "one", sql: ["CREATE TABLE one (id INTEGER)", "CREATE INDEX one_id ON one (id);"] },
    { name: "two", sql: (dialect) => [`CREATE TABLE two_${dialect} (id INTEGER)`] },
  ],
};

describe.each(drivers)("the script for SQLite, run through $name", (driver) => {
  test("makes a schema that the program accepts", async () => {
    const file = newFile();
    const handle = driver.open(file);
    handle.exec(migrationSql([set], "sqlite", { appliedAt: 1_700_000_000_000 }));
    handle.close();
    const db = await openTest({ driver: driver.name, file, schema: false });
    await assertMigrated(db, [set]);
    const { applied } = await migrationStatus(db, [set]);
    expect(applied).toMatchObject([
      { setId: "owner's", step: 1, appliedAt: 1_700_000_000_000 },
      { setId: "owner's", step: 2 },
    ]);
  });

  test("holds only the pending steps when told", async () => {
    const file = newFile();
    const db = await openTest({ driver: driver.name, file, schema: false });
    await migrate(db, [{ ...set, steps: set.steps.slice(0, 1) }]);
    const { pending } = await migrationStatus(db, [set]);
    const script = migrationSql([set], "sqlite", { pending });
    expect(script).not.toContain("TABLE one");
    const handle = driver.open(file);
    handle.exec(script);
    handle.close();
    await assertMigrated(db, [set]);
  });
});

test("is one transaction where the engine can roll schema changes back", () => {
  expect(migrationSql([set], "sqlite")).toMatch(/^BEGIN IMMEDIATE;\n[\s\S]*\nCOMMIT;\n$/);
  expect(migrationSql([set], "postgres")).toMatch(/^BEGIN;\n[\s\S]*CREATE TABLE two_postgres [\s\S]*\nCOMMIT;\n$/);
  const mysql = migrationSql([set], "mysql");
  expect(mysql).toContain("CREATE TABLE two_mysql");
  expect(mysql).not.toMatch(/BEGIN|COMMIT/);
});
