import { AsyncResource } from "node:async_hooks";
import { createRecallKit, silentLogger } from "@recallkit/core";
import { sql } from "kysely";
import { createPool } from "mysql2/promise";
import { describe, expect, onTestFinished, test } from "vitest";
import { type MigrationSet, migrate } from "../migrations/index.js";
import { openMysql } from "./database.js";
import { type MysqlStoresOptions, mysqlStores, openMysqlStores } from "./mysql-stores.js";
import { mysqlUrl, newDatabase } from "./test-support.js";

const notes: MigrationSet = {
  id: "notes",
  steps: [{ name: "create-notes", sql: ["CREATE TABLE notes (id BIGINT PRIMARY KEY, text LONGTEXT NOT NULL)"] }],
};

describe.skipIf(mysqlUrl === "")("a MariaDB database (needs a server)", () => {
  async function place(charset?: string) {
    const database = newDatabase();
    await database.create(charset);
    onTestFinished(database.drop);
    return database;
  }
  async function open(options: Partial<MysqlStoresOptions> = {}) {
    const { url = (await place()).url, ...others } = options;
    const stores = await mysqlStores({ url, migrate: true, ...others });
    onTestFinished(() => stores.close());
    return stores;
  }

  test("a schema that is not there is refused with the command to run, and made when asked", async () => {
    const { url } = await place();
    await expect(mysqlStores({ url })).rejects.toMatchObject({
      code: "storage.schema-outdated",
      hint: expect.stringContaining("migrate up"),
    });
    const stores = await openMysqlStores({ url, sets: [notes] });
    onTestFinished(() => stores.close());
    expect(await stores.isEmpty()).toBe(true);
    expect((await stores.migrate()).length).toBeGreaterThan(10);
    expect(await stores.isEmpty()).toBe(false);
    expect(await stores.migrate()).toEqual([]);
    await stores.assertMigrated();
  });

  test("three that start together on an empty database all come up", async () => {
    const { url } = await place();
    const all = await Promise.all([1, 2, 3].map(() => mysqlStores({ url, migrate: true })));
    const tenants = await Promise.all(all.map((stores) => stores.tenants.list()));
    expect(tenants.map((list) => list.length)).toEqual([1, 1, 1]);
    await Promise.all(all.map((stores) => stores.close()));
  });

  test("a step that fails half-way counts as pending, and the repaired one goes on", async () => {
    const { url } = await place();
    const database = await openMysql({ url });
    onTestFinished(() => database.close());
    const steps = (second: string): MigrationSet[] => [
      {
        id: "half",
        steps: [
          {
            name: "two",
            sql: [
              "CREATE TABLE one (a INT)",
              "CREATE INDEX one_a ON one (a)",
              "INSERT INTO one (a) VALUES (1)",
              second,
            ],
          },
        ],
      },
    ];
    await expect(migrate(database, steps("SELEC"))).rejects.toMatchObject({
      code: "storage.migration-failed",
      message: expect.stringContaining("half/1 (two)"),
    });
    expect(await migrate(database, steps("CREATE TABLE two (b INT)"))).toMatchObject([{ setId: "half", step: 1 }]);
  });

  test("a table that somebody else made is no work of ours", async () => {
    const { url } = await place();
    const database = await openMysql({ url });
    onTestFinished(() => database.close());
    await sql`create table notes (other int)`.execute(database.kysely);
    await expect(migrate(database, [notes])).rejects.toMatchObject({ code: "storage.migration-failed" });
  });

  test("the next tenant has a number of its own", async () => {
    const stores = await open();
    const tenant = await stores.tenants.insert({
      name: "二店",
      timeZone: "Asia/Shanghai",
      currency: "CNY",
      createdAt: 1,
    });
    expect(tenant.id).toBe(2);
  });

  test.each(["utf8mb4", "latin1"])(
    "text compares bytewise and comes back as it went in (%s database)",
    async (charset) => {
      const stores = await open(await place(charset));
      const keys = ["a", "B", "é", "e", "喵", "😺", "a ", "A"];
      for (const key of keys) await stores.config.put(1, key, `${key}\\"{}\n'`);
      const { rows } = await sql<{
        name: string;
        value: string;
      }>`select name, value from rk_config order by name`.execute(stores.sql);
      expect(rows.map(({ name }) => name)).toEqual(["A", "B", "a", "a ", "e", "é", "喵", "😺"]);
      expect(rows.every(({ name, value }) => value === `${name}\\"{}\n'`)).toBe(true);
    },
  );

  test("nothing that looks like SQL gets out of its value", async () => {
    const stores = await open();
    for (const value of ["\\", "\\'", "'; drop table rk_config; -- ", "?", "$1", '"', "\u2028", "\x1a"]) {
      await stores.config.put(1, "key", value);
      expect(await stores.config.get(1, "key")).toBe(value);
    }
  });

  test("tables of others commit together with the stores", async () => {
    const stores = await open({ sets: [notes] });
    const failing = stores.transaction(async (tx) => {
      await sql`insert into notes (id, text) values (1, 'lost')`.execute(tx.sql);
      await tx.config.put(1, "key", "lost");
      throw new Error("no");
    });
    await expect(failing).rejects.toThrow("no");
    await stores.transaction(async (tx) => {
      await sql`insert into notes (id, text) values (2, 'kept')`.execute(tx.sql);
      await stores.config.put(1, "key", "kept");
    });
    expect((await sql`select text from notes`.execute(stores.sql)).rows).toEqual([{ text: "kept" }]);
    expect(await stores.config.get(1, "key")).toBe("kept");
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

  test.each([
    ["mysql://test@127.0.0.1:1/x", { code: "storage.unavailable", retryable: true }],
    ["postgres://test@127.0.0.1/x", { code: "config.invalid", option: "url" }],
    ["mysql://test@127.0.0.1", { code: "config.invalid", option: "url" }],
    [
      "mysql://test@127.0.0.1/x?ssl_mode=required",
      { code: "config.invalid", message: expect.stringContaining("ssl_mode") },
    ],
    ["mysql://test@127.0.0.1/x?ssl-mode=PREFERRED", { code: "config.invalid", option: "url" }],
    ["mysql://test@127.0.0.1/x?ssl=true&sslmode=disable", { code: "config.invalid", option: "url" }],
    ["mysql://test@127.0.0.1/x?ssl-mode=REQUIRED&ssl=true", { code: "config.invalid", option: "url" }],
    ["mysql://test@127.0.0.1/x?ssl-ca=/no/such/file", { code: "config.invalid", option: "url" }],
    ["nowhere", { code: "config.invalid", option: "url" }],
  ])("%s is refused by what is wrong with it", async (url, expected) => {
    await expect(mysqlStores({ url })).rejects.toMatchObject(expected);
  });

  test("a database that does not exist and a wrong password are named with what to do", async () => {
    await expect(mysqlStores({ url: `${mysqlUrl}no_such_database` })).rejects.toMatchObject({
      code: "storage.unavailable",
      hint: "create the database first",
    });
    const wrong = new URL(`${mysqlUrl}x`);
    wrong.password = "hunter2";
    const failure = mysqlStores({ url: wrong.href });
    await expect(failure).rejects.toMatchObject({
      code: "storage.unavailable",
      hint: expect.stringContaining("password"),
    });
    await expect(failure).rejects.not.toThrow("hunter2");
  });

  test.each(["ssl=true", "ssl-mode=REQUIRED", "sslmode=require"])("%s never connects in the clear", async (query) => {
    const { url } = await place();
    await expect(mysqlStores({ url: `${url}?${query}`, migrate: true })).rejects.toThrow();
  });

  test("a taken key tells its columns and not its value", async () => {
    const stores = await open();
    const insert = () =>
      sql`insert into rk_labels (tenant_id, kind, bind_key, name) values (1, 'city', '13800138000', 'x')`.execute(
        stores.sql,
      );
    await insert();
    await expect(insert()).rejects.toMatchObject({
      code: "storage.constraint",
      kind: "unique",
      columns: ["tenant_id", "kind", "bind_key"],
      message: expect.not.stringContaining("138"),
    });
  });

  test("two installations share a database under prefixes of their own", async () => {
    const shared = await place();
    const first = await open(shared);
    const second = await open({ ...shared, tablePrefix: "second_" });
    const customer = {
      tenantId: 1,
      externalKey: "c",
      name: null,
      bornOn: null,
      timeZone: null,
      identities: {},
      rowHash: "",
      createdAt: 0,
      updatedAt: 0,
    };
    await second.customers.insertMany([customer]);
    await expect(second.customers.insertMany([customer])).rejects.toMatchObject({ code: "customer.key-taken" });
    expect(await first.customers.findByKeys(1, ["c"])).toEqual([]);
    expect(await second.audience.count({ tenantId: 1, orders: { asOf: 1, statuses: [] }, labelGroups: [] })).toBe(1);
    const { rows } = await sql`select count(*) as n from second_customers`.execute(first.sql);
    expect(rows).toEqual([{ n: 1 }]);
  });

  test("a missing table is named with what to do", async () => {
    const stores = await open();
    await sql`drop table rk_media`.execute(stores.sql);
    await expect(stores.media.get(1, "a".repeat(64))).rejects.toMatchObject({
      code: "storage.failed",
      message: expect.stringContaining("rk_media"),
      hint: expect.stringContaining("backup"),
    });
  });

  test("a pool of the caller is used and left open", async () => {
    const pool = createPool({ uri: (await place()).url, connectionLimit: 2 });
    onTestFinished(() => pool.end());
    const stores = await mysqlStores({ pool, migrate: true });
    await stores.config.put(1, "key", "喵😺");
    await stores.close();
    const [rows] = await pool.query("SELECT value FROM rk_config WHERE name = 'key'");
    expect(rows).toEqual([{ value: "喵😺" }]);
  });

  test("settings of a pool of the caller are as before, whatever they are", async () => {
    const pool = createPool({
      uri: (await place()).url,
      connectionLimit: 1,
      rowsAsArray: true,
      dateStrings: true,
      bigNumberStrings: true,
      supportBigNumbers: true,
      namedPlaceholders: true,
      typeCast: () => "x",
    });
    onTestFinished(() => pool.end());
    await pool.query("SET SESSION sql_mode = 'NO_BACKSLASH_ESCAPES', SESSION innodb_lock_wait_timeout = 77");
    const settings = async () =>
      (await pool.query({ sql: "SHOW SESSION VARIABLES", typeCast: (field) => field.string("utf-8") }))[0];
    // What the server counts by itself.
    const steady = (rows: unknown) =>
      JSON.stringify(rows, (_, row) =>
        /^\["(?:timestamp|rand_seed|last_gtid|pseudo|error_count|warning_count|insert_id|last_insert_id|identity|gtid|in_transaction|proxy)/.test(
          JSON.stringify(row) ?? "",
        )
          ? null
          : row,
      );
    const before = steady(await settings());
    const stores = await mysqlStores({ pool, migrate: true });
    await stores.config.put(1, "key", "\\' 喵😺");
    expect(await stores.config.get(1, "key")).toBe("\\' 喵😺");
    expect(await stores.tenants.list()).toMatchObject([{ id: 1 }]);
    expect(steady(await settings())).toEqual(before);
  });

  test("a segment of forty conditions is not planned for ever", { timeout: 30_000 }, async () => {
    const kit = createRecallKit({ stores: await open(), logger: silentLogger });
    const lines = Array.from({ length: 40 }, (_, n) => ({ sku: `S${n}`, quantity: 1, amount: "1.00" }));
    const orders = Array.from({ length: 200 }, (_, n) => ({
      externalId: `o${n}`,
      externalKey: `c${n % 50}`,
      orderedAt: 1_767_225_600_000 + n,
      amount: "40.00",
      status: "paid",
      lines,
    }));
    await kit.orders.ingest(orders, { source: "shop" });
    const all = lines.map(({ sku }) => ({ labels: { sku: [sku] } }));
    expect((await kit.audience.preview({ segment: { all } })).count).toBe(50);
  });

  test("a connection that is cut is replaced", async () => {
    const stores = await open({ maxConnections: 2 });
    await stores.config.put(1, "key", "value");
    const { rows } = await sql<{ id: number }>`select connection_id() as id`.execute(stores.sql);
    const other = await open();
    await sql.raw(`KILL ${rows[0]?.id}`).execute(other.sql);
    await expect.poll(() => stores.config.get(1, "key").catch(() => undefined)).toBe("value");
  });

  test("numbers beyond 2^53 - 1 are an error and no other number", async () => {
    const stores = await open();
    await expect(sql`select 9007199254740993 as n`.execute(stores.sql)).rejects.toMatchObject({
      code: "storage.value-out-of-range",
    });
    const { rows } = await sql`select sum(q.n) as s, 1.5 as f from (select 2 as n union all select 3) as q`.execute(
      stores.sql,
    );
    // DECIMAL of the application's own statements keeps its digits.
    expect(rows).toEqual([{ s: "5", f: "1.5" }]);
  });
});
