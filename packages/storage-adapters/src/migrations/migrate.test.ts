import { type CompiledQuery, sql } from "kysely";
import { describe, expect, test } from "vitest";
import type { SqliteDatabase } from "../sqlite/database.js";
import { drivers, newFile, openTest, virtualClock } from "../sqlite/test-support.js";
import { migrate } from "./migrate.js";
import type { MigrationSet } from "./migration-set.js";
import { assertMigrated, isEmptyDatabase, migrationStatus } from "./migration-status.js";

const rules: MigrationSet = {
  id: "rules",
  steps: [
    { name: "create-rules", sql: ["CREATE TABLE rule (id INTEGER PRIMARY KEY)", "CREATE INDEX rule_id ON rule (id)"] },
    {
      name: "name-rules",
      sql: (dialect) => [`ALTER TABLE rule ADD COLUMN name ${dialect === "sqlite" ? "TEXT" : "x"}`],
    },
  ],
};
const links: MigrationSet = { id: "links", steps: [{ name: "create-links", sql: ["CREATE TABLE link (id INTEGER)"] }] };
const oldRules: MigrationSet = { id: "rules", steps: rules.steps.slice(0, 1) };

const open = (driver: SqliteDriverName, file = newFile()) => openTest({ driver, file, schema: false });
type SqliteDriverName = (typeof drivers)[number]["name"];

async function tables<DB>(db: SqliteDatabase<DB>): Promise<unknown[]> {
  const query = sql<{ name: string }>`SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name`;
  return (await query.execute(db.kysely)).rows.map(({ name }) => name);
}

describe.each(drivers)("migrating through $name", ({ name: driver }) => {
  test("applies all steps of all sets once, in order, and records them", async () => {
    const db = await open(driver);
    const clock = virtualClock();
    expect(await isEmptyDatabase(db)).toBe(true);
    const applied = await migrate(db, [rules, links], { clock });
    expect(applied.map(({ setId, step }) => `${setId}/${step}`)).toEqual(["rules/1", "rules/2", "links/1"]);
    expect(await tables(db)).toEqual(["link", "rk_migrations", "rule"]);
    expect(await isEmptyDatabase(db)).toBe(false);
    const status = await migrationStatus(db, [rules, links]);
    expect(status.pending).toEqual([]);
    expect(status.applied).toHaveLength(3);
    expect(status.applied[1]).toMatchObject({ setId: "rules", step: 1, name: "create-rules", minReader: 1 });
    expect(status.applied[1]).toMatchObject({
      appliedAt: clock.now(),
      checksum: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  test("does nothing, and takes no lock, when there is nothing to do", async () => {
    const file = newFile();
    await migrate(await open(driver, file), [rules]);
    const seen: string[] = [];
    const again = await openTest({ driver, file, schema: false, onStatement: (text) => seen.push(text) });
    expect(await migrate(again, [rules])).toEqual([]);
    expect(seen.filter((text) => text.startsWith("BEGIN"))).toEqual([]);
  });

  test("asking for the status changes nothing", async () => {
    const db = await open(driver);
    const { pending } = await migrationStatus(db, [rules, links]);
    expect(pending).toHaveLength(3);
    expect(await isEmptyDatabase(db)).toBe(true);
  });

  test("applies only what is new, and a set added later", async () => {
    const db = await open(driver);
    await migrate(db, [oldRules]);
    const applied = await migrate(db, [rules, links]);
    expect(applied.map(({ name }) => name)).toEqual(["name-rules", "create-links"]);
  });

  test("many callers at once apply every step once", async () => {
    const file = newFile();
    const databases = await Promise.all([open(driver, file), open(driver, file), open(driver, file)]);
    const applied = await Promise.all(databases.map((db) => migrate(db, [rules, links])));
    expect(applied.flat()).toHaveLength(3);
  });

  test("a failing step names itself and leaves nothing behind, of no set", async () => {
    const db = await open(driver);
    const broken: MigrationSet = { id: "broken", steps: [{ name: "oops", sql: ["CREATE TABLE oops (a)", "SELEC"] }] };
    await expect(migrate(db, [rules, broken])).rejects.toMatchObject({
      code: "storage.migration-failed",
      message: expect.stringContaining("broken/1 (oops)"),
    });
    expect(await isEmptyDatabase(db)).toBe(true);
    expect(await migrate(db, [rules])).toHaveLength(2);
  });

  test("an outdated schema is refused with the command to run", async () => {
    const db = await open(driver);
    await migrate(db, [oldRules]);
    await expect(assertMigrated(db, [rules])).rejects.toMatchObject({
      code: "storage.schema-outdated",
      message: expect.stringContaining("rules/2 (name-rules)"),
      hint: expect.stringContaining("recallkit migrate up"),
    });
    await migrate(db, [rules]);
    await assertMigrated(db, [rules]);
  });

  test("a step edited after it was applied is named and stops everything", async () => {
    const db = await open(driver);
    await migrate(db, [rules]);
    const edited: MigrationSet = { id: "rules", steps: [{ name: "create-rules", sql: ["CREATE TABLE rule (id)"] }] };
    const refused = { code: "storage.schema-changed", message: expect.stringContaining("rules/1 (create-rules)") };
    await expect(migrationStatus(db, [edited])).rejects.toMatchObject(refused);
    await expect(migrate(db, [edited])).rejects.toMatchObject(refused);
    await expect(assertMigrated(db, [edited])).rejects.toMatchObject(refused);
  });

  test("a schema newer than the code is refused, and older code leaves it alone", async () => {
    const db = await open(driver);
    await migrate(db, [rules]);
    const refused = { code: "storage.schema-newer", message: expect.stringContaining("rules/2 (name-rules)") };
    await expect(assertMigrated(db, [oldRules])).rejects.toMatchObject(refused);
    await expect(migrate(db, [oldRules, links])).rejects.toMatchObject(refused);
    expect((await migrationStatus(db, [oldRules])).newer).toMatchObject([{ setId: "rules", step: 2 }]);
    expect(await tables(db)).toEqual(["rk_migrations", "rule"]);
  });

  test("a newer schema is accepted when every unknown step allows this reader", async () => {
    const db = await open(driver);
    const add = (column: string, minReader: number) => ({
      name: `add-${column}`,
      sql: [`ALTER TABLE rule ADD COLUMN ${column}`],
      minReader,
    });
    const expanded: MigrationSet = { id: "rules", steps: [...oldRules.steps, add("a", 1), add("b", 1)] };
    await migrate(db, [expanded]);
    await assertMigrated(db, [oldRules]);
    expect(await migrate(db, [oldRules, links])).toHaveLength(1);
    const contracted: MigrationSet = { id: "rules", steps: [...expanded.steps, add("c", 3)] };
    await migrate(db, [contracted]);
    await expect(assertMigrated(db, [oldRules])).rejects.toMatchObject({ code: "storage.schema-newer" });
    await assertMigrated(db, [expanded]);
  });

  test("sets of other owners in the same database do not matter", async () => {
    const db = await open(driver);
    await migrate(db, [rules, links]);
    await assertMigrated(db, [rules]);
    expect((await migrationStatus(db, [rules])).newer).toEqual([]);
  });

  test("joins a transaction that is open, and goes with it", async () => {
    const db = await open(driver);
    const outer = db.transaction(async (trx) => {
      await migrate(db, [rules]);
      await trx.executeQuery(sql`INSERT INTO rule (id) VALUES (1)`.compile(trx) as CompiledQuery<unknown>);
      throw new Error("not today");
    });
    await expect(outer).rejects.toThrow("not today");
    expect(await isEmptyDatabase(db)).toBe(true);
  });
});
