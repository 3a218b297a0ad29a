import { AsyncResource } from "node:async_hooks";
import { sql } from "kysely";
import pg from "pg";
import { describe, expect, onTestFinished, test } from "vitest";
import type { MigrationSet } from "../migrations/migration-set.js";
import { openPostgresStores, type PostgresStoresOptions, postgresStores } from "./postgres-stores.js";
import { newSchema, postgresUrl } from "./test-support.js";

const notes: MigrationSet = {
  id: "notes",
  steps: [{ name: "create-notes", sql: ["CREATE TABLE notes (id BIGINT PRIMARY KEY, text TEXT NOT NULL)"] }],
};

describe.skipIf(postgresUrl === "")("a PostgreSQL database (needs a server)", () => {
  async function open(options: Partial<PostgresStoresOptions> = {}) {
    const place = newSchema();
    const stores = await postgresStores({ ...place, migrate: true, ...options });
    onTestFinished(async () => {
      await stores.close();
      await place.drop();
    });
    return stores;
  }

  test("a schema that is not there is refused with the command to run, and made when asked", async () => {
    const place = newSchema();
    onTestFinished(place.drop);
    await expect(postgresStores(place)).rejects.toMatchObject({
      code: "storage.schema-outdated",
      hint: expect.stringContaining("migrate up"),
    });
    const stores = await openPostgresStores({ ...place, sets: [notes] });
    onTestFinished(() => stores.close());
    expect(await stores.isEmpty()).toBe(true);
    expect((await stores.migrate()).length).toBeGreaterThan(10);
    expect(await stores.isEmpty()).toBe(false);
    expect(await stores.migrate()).toEqual([]);
    await stores.assertMigrated();
  });

  test("two that start together on an empty database both come up", async () => {
    const place = newSchema();
    onTestFinished(place.drop);
    const both = await Promise.all([1, 2, 3].map(() => postgresStores({ ...place, migrate: true })));
    const tenants = await Promise.all(both.map((stores) => stores.tenants.list()));
    expect(tenants.map((list) => list.length)).toEqual([1, 1, 1]);
    await Promise.all(both.map((stores) => stores.close()));
  });

  test("a failing migration leaves nothing behind", async () => {
    const place = newSchema();
    onTestFinished(place.drop);
    const broken: MigrationSet = {
      id: "broken",
      steps: [{ name: "oops", sql: ["CREATE TABLE oops (a INT)", "SELEC"] }],
    };
    const stores = await openPostgresStores({ ...place, sets: [broken] });
    onTestFinished(() => stores.close());
    await expect(stores.migrate()).rejects.toMatchObject({
      code: "storage.migration-failed",
      message: expect.stringContaining("broken/1 (oops)"),
    });
    expect(await stores.isEmpty()).toBe(true);
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

  test("text compares bytewise and comes back as it went in", async () => {
    const stores = await open();
    const keys = ["a", "B", "é", "e", "喵", "😺", "a "];
    for (const key of keys) await stores.config.put(1, key, `${key}\\"{}\n'`);
    const { rows } = await sql<{
      name: string;
      value: string;
    }>`select name, value from rk_config order by name`.execute(stores.sql);
    expect(rows.map(({ name }) => name)).toEqual(["B", "a", "a ", "e", "é", "喵", "😺"]);
    expect(rows.every(({ name, value }) => value === `${name}\\"{}\n'`)).toBe(true);
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

  test("a transaction that has ended is not used any more", async () => {
    const stores = await open();
    let kept: typeof stores | undefined;
    await stores.transaction(async (tx) => {
      kept = tx;
    });
    await expect(kept?.config.get(1, "key")).rejects.toMatchObject({ code: "storage.transaction-ended" });
  });

  test.each([
    ["postgres://test@127.0.0.1:1/postgres", { code: "storage.unavailable", retryable: true }],
    ["mysql://test@127.0.0.1/x", { code: "config.invalid", option: "url" }],
    ["nowhere", { code: "config.invalid", option: "url" }],
  ])("%s is refused by what is wrong with it", async (url, expected) => {
    await expect(postgresStores({ url })).rejects.toMatchObject(expected);
  });

  test("a database that does not exist, or keeps another encoding, is named with what to do", async () => {
    const missing = new URL(postgresUrl);
    missing.pathname = "/no_such_database";
    await expect(postgresStores({ url: missing.href })).rejects.toMatchObject({
      code: "storage.unavailable",
      hint: "create the database first",
    });
    const stores = await open();
    const name = `latin1_${Date.now()}`;
    await sql
      .raw(`CREATE DATABASE ${name} ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0`)
      .execute(stores.sql);
    onTestFinished(async () => {
      await sql.raw(`DROP DATABASE ${name}`).execute(stores.sql);
    });
    const latin1 = new URL(postgresUrl);
    latin1.pathname = `/${name}`;
    await expect(postgresStores({ url: latin1.href })).rejects.toMatchObject({
      code: "storage.unavailable",
      hint: expect.stringContaining("UTF8"),
    });
  });

  test("schema and size of the pool are checked", async () => {
    for (const [option, value] of [
      ["schema", "Robert'); --"],
      ["maxConnections", 0],
    ] as const) {
      await expect(postgresStores({ url: postgresUrl, [option]: value })).rejects.toMatchObject({
        code: "config.invalid",
        option,
      });
    }
  });

  test("two installations share a database under prefixes of their own", async () => {
    const place = newSchema();
    const first = await open(place);
    const second = await open({ ...place, tablePrefix: "second_" });
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
    const { rows } = await sql`select count(*) as n from ${sql.table(`${place.schema}.second_customers`)}`.execute(
      first.sql,
    );
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
    const { url, schema, drop } = newSchema();
    onTestFinished(drop);
    const pool = new pg.Pool({ connectionString: url, max: 2 });
    onTestFinished(() => pool.end());
    const stores = await postgresStores({ pool, schema, migrate: true });
    await stores.config.put(1, "key", "喵😺");
    expect(await stores.tenants.list()).toMatchObject([{ id: 1 }]);
    await stores.close();
    const { rows } = await pool.query(`SELECT value FROM ${schema}.rk_config WHERE name = 'key'`);
    expect(rows).toEqual([{ value: "喵😺" }]);
  });

  test("the application's own statements take and give what pg does, the stores' keep numbers", async () => {
    const stores = await open({
      sets: [
        {
          id: "shop",
          steps: [
            {
              name: "orders",
              sql: [
                "CREATE TABLE shop_orders (id INT, paid BOOLEAN, at TIMESTAMPTZ, data JSONB, tags TEXT[], total NUMERIC)",
              ],
            },
          ],
        },
      ],
    });
    const at = new Date("2026-01-02T03:04:05.678Z");
    await stores.transaction(async (tx) => {
      await sql`insert into shop_orders values (${1}, ${true}, ${at}, ${{ a: [1] }}, ${["x", "y"]}, ${"12.50"})`.execute(
        tx.sql,
      );
      const found =
        await sql`select * from shop_orders where id = any(${[1, 2]}) and paid = ${true} and total = ${12.5}`.execute(
          tx.sql,
        );
      expect(found.rows).toEqual([{ id: 1, paid: true, at, data: { a: [1] }, tags: ["x", "y"], total: "12.50" }]);
    });
    expect((await sql`select count(*) as n from rk_tenants`.execute(stores.sql)).rows).toEqual([{ n: 1 }]);
  });

  test("two stores with schemas of their own on one pool never meet", async () => {
    const [one, two] = [newSchema(), newSchema()];
    const pool = new pg.Pool({ connectionString: postgresUrl, max: 1 });
    onTestFinished(async () => {
      await pool.end();
      await one.drop();
      await two.drop();
    });
    const before = (await pool.query("select name, setting from pg_settings order by name")).rows;
    const a = await postgresStores({ pool, schema: one.schema, migrate: true });
    const b = await postgresStores({ pool, schema: two.schema, migrate: true });
    await a.config.put(1, "key", "a");
    await b.config.put(1, "key", "b");
    expect([await a.config.get(1, "key"), await b.config.get(1, "key")]).toEqual(["a", "b"]);
    expect((await pool.query("select name, setting from pg_settings order by name")).rows).toEqual(before);
  });

  test("a missing table of the application is not called ours", async () => {
    const stores = await open();
    const failure = await sql`select 1 from shop_missing`.execute(stores.sql).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: "storage.failed", message: expect.stringContaining("shop_missing") });
    expect(JSON.stringify(failure)).not.toMatch(/RecallKit/);
  });

  test("the server's last word ends no process, also right behind the first answer", async () => {
    const { url, schema, drop } = newSchema();
    onTestFinished(drop);
    const pool = new pg.Pool({ connectionString: url, max: 1 });
    onTestFinished(() => pool.end());
    // A client drains within the packet that ended its query, before whoever asked goes on.
    const heard: boolean[] = [];
    pool.on("connect", (client) =>
      client.once("drain", () =>
        heard.push(client.listenerCount("error") > 0 && client.emit("error", new Error("end"))),
      ),
    );
    const stores = await postgresStores({ pool, schema, migrate: true });
    expect(await stores.tenants.list()).toMatchObject([{ id: 1 }]);
    // Each was given back as broken, and somebody listened to all of them.
    expect(heard.length).toBeGreaterThan(0);
    expect(heard.every(Boolean)).toBe(true);
  });

  test("a connection that is cut is replaced", async () => {
    const stores = await open({ maxConnections: 2 });
    await stores.config.put(1, "key", "value");
    const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(stores.sql);
    const other = await open();
    await sql`select pg_terminate_backend(${rows[0]?.pid}::int)`.execute(other.sql);
    await expect.poll(() => stores.config.get(1, "key").catch(() => undefined)).toBe("value");
  });
});
