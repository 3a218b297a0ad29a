import { AsyncLocalStorage, AsyncResource } from "node:async_hooks";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { storesConformance } from "@recallkit/core/conformance";
import { memoryStores } from "@recallkit/core/memory";
import { sql } from "kysely";
import { afterAll, describe, expect, onTestFinished, test, vi } from "vitest";
import type { MigrationSet } from "../migrations/migration-set.js";
import type { SqlStores } from "../sql/sql-stores.js";
import { openSqliteStores, type SqliteStoresOptions, sqliteStores } from "./sqlite-stores.js";
import { drivers, newFile } from "./test-support.js";

describe.each(drivers.map(({ name }) => name))("a file through %s", (driver) => {
  const folder = mkdtempSync(join(tmpdir(), "recallkit-conformance-"));
  const file = join(folder, "shared.db");
  // One connection for all cases: opening a file costs more than most of them.
  let shared: SqlStores | undefined;
  afterAll(async () => {
    await shared?.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const lasting = (stores: SqlStores) => ({ ...stores, close: async () => {} });
  const cases = storesConformance({
    async open() {
      shared ??= await sqliteStores({ file, driver, migrate: true });
      return lasting(shared);
    },
    async reopen() {
      await shared?.close();
      shared = await sqliteStores({ file, driver });
      return lasting(shared);
    },
  });
  for (const { name, skip, run } of cases) (skip ? test.skip : test)(skip ? `${name} (${skip})` : name, run);
});

describe("a database in memory", async () => {
  const shared = await sqliteStores({ file: ":memory:", migrate: true });
  afterAll(() => shared.close());
  const cases = storesConformance({ open: async () => ({ ...shared, close: async () => {} }) });
  for (const { name, run } of cases.filter(({ skip }) => skip === undefined)) test(name, run);
});

const notes: MigrationSet = {
  id: "notes",
  steps: [
    { name: "create-notes", sql: ["CREATE TABLE notes (id INTEGER PRIMARY KEY AUTOINCREMENT, text TEXT NOT NULL)"] },
  ],
};

async function open(options: Partial<SqliteStoresOptions> = {}) {
  const stores = await sqliteStores({ file: newFile(), migrate: true, ...options });
  onTestFinished(() => stores.close());
  return stores;
}

test("two installations share a file under prefixes of their own", async () => {
  const file = newFile();
  const first = await open({ file });
  const second = await open({ file, tablePrefix: "second_" });
  const row = {
    tenantId: 1,
    name: null,
    bornOn: null,
    timeZone: null,
    identities: {},
    rowHash: "",
    createdAt: 0,
    updatedAt: 0,
  };
  await second.customers.insertMany([{ ...row, externalKey: "c" }]);
  await expect(second.customers.insertMany([{ ...row, externalKey: "c" }])).rejects.toMatchObject({
    code: "customer.key-taken",
  });
  expect(await first.customers.findByKeys(1, ["c"])).toEqual([]);
  expect(await second.audience.count({ tenantId: 1, orders: { asOf: 1, statuses: [] }, labelGroups: [] })).toBe(1);
});

describe("the schema", () => {
  test("must be there unless it may be made", async () => {
    const file = newFile();
    await expect(sqliteStores({ file })).rejects.toMatchObject({
      code: "storage.schema-outdated",
      hint: expect.stringContaining("migrate up"),
    });
    await (await sqliteStores({ file, migrate: true })).close();
    const stores = await open({ file, migrate: false });
    expect((await stores.migrationStatus()).pending).toEqual([]);
  });

  test("covers the sets of others", async () => {
    const file = newFile();
    await (await sqliteStores({ file, migrate: true })).close();
    await expect(sqliteStores({ file, sets: [notes] })).rejects.toMatchObject({ code: "storage.schema-outdated" });
    const stores = await open({ file, sets: [notes] });
    await sql`insert into notes (text) values ('kept')`.execute(stores.sql);
    expect((await stores.migrationStatus()).applied.map(({ setId }) => setId)).toContain("notes");
  });

  test("is left alone by whoever only looks at it", async () => {
    const stores = await openSqliteStores({ file: newFile() });
    onTestFinished(() => stores.close());
    expect(await stores.isEmpty()).toBe(true);
    expect((await stores.migrationStatus()).pending.length).toBeGreaterThan(0);
    expect(await stores.isEmpty()).toBe(true);
    await stores.migrate();
    expect(await stores.isEmpty()).toBe(false);
  });

  test("brings a key that begins with the tenant to every table but those of the installation", async () => {
    const { sql: db } = await open();
    const indexes = await sql<{ tableName: string; first: string }>`select m.name as "tableName", i.name as "first"
      from sqlite_master as m, pragma_index_list(m.name) as l, pragma_index_info(l.name) as i
      where m.type = 'table' and m.name like 'rk!_%' escape '!' and l."unique" = 1 and i.seqno = 0
      and m.name not in ('rk_tenants', 'rk_migrations', 'rk_jobs', 'rk_job_runs')`.execute(db);
    // A link is found by what a public page is given, which knows no tenant.
    const firsts = indexes.rows.filter(({ tableName }) => tableName !== "rk_links").map(({ first }) => first);
    expect(new Set(firsts)).toEqual(new Set(["tenant_id"]));
  });

  test("never gives an id twice", async () => {
    const { sql: db } = await open();
    const tables = await sql<{ name: string; sql: string }>`select name, sql from sqlite_master
      where type = 'table' and name like 'rk!_%' escape '!' and sql like '% id INTEGER PRIMARY KEY%'`.execute(db);
    expect(tables.rows.length).toBeGreaterThan(5);
    expect(tables.rows.filter((table) => !table.sql.includes("AUTOINCREMENT"))).toEqual([]);
  });
});

describe("tx.sql", () => {
  test("commits together with the stores", async () => {
    const stores = await open({ sets: [notes] });
    const failing = stores.transaction(async (tx) => {
      await sql`insert into notes (text) values ('lost')`.execute(tx.sql);
      await tx.config.put(1, "key", "lost");
      throw new Error("no");
    });
    await expect(failing).rejects.toThrow("no");
    await stores.transaction(async (tx) => {
      await tx.config.put(1, "other", "kept");
      await tx.transaction((inner) => sql`insert into notes (text) values ('kept')`.execute(inner.sql));
    });
    expect((await sql`select text from notes`.execute(stores.sql)).rows).toEqual([{ text: "kept" }]);
    expect([await stores.config.get(1, "key"), await stores.config.get(1, "other")]).toEqual([undefined, "kept"]);
  });
});

test("a long read sees what its own transaction has written, and nobody else's", async () => {
  const stores = await open();
  const everybody = { tenantId: 1, orders: { asOf: 0, statuses: [] }, labelGroups: [] };
  const row = { tenantId: 1, externalKey: "c1", name: null, bornOn: null, timeZone: null, identities: {}, rowHash: "" };
  const outside = AsyncResource.bind(() => stores.audience.count(everybody));
  await stores.transaction(async (tx) => {
    await tx.customers.insertMany([{ ...row, createdAt: 0, updatedAt: 0 }]);
    expect(await tx.audience.count(everybody)).toBe(1);
    expect(await stores.audience.count(everybody)).toBe(1);
    expect(await outside()).toBe(0);
  });
  expect(await outside()).toBe(1);
});

test("a transaction keeps its statements together when the code leaves its asynchronous context", async () => {
  const stores = await open();
  const put = AsyncResource.bind((tx: typeof stores) => tx.config.put(1, "key", "lost"));
  const failing = stores.transaction(async (tx) => {
    await put(tx);
    throw new Error("no");
  });
  await expect(failing).rejects.toThrow("no");
  expect(await stores.config.get(1, "key")).toBeUndefined();
});

test("however many stores there are, open or left open, promises of the process carry one context", async () => {
  const run = vi.spyOn(AsyncLocalStorage.prototype, "run");
  onTestFinished(() => run.mockRestore());
  for (let n = 0; n < 3; n += 1) {
    const stores = await sqliteStores({ file: ":memory:", migrate: true });
    await stores.transaction((tx) => tx.config.put(1, "key", "value"));
    await memoryStores().transaction((tx) => tx.config.put(1, "key", "value"));
  }
  expect(new Set<unknown>(run.mock.contexts).size).toBe(1);
});
