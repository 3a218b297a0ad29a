// Databases for `import`, and inserting into a second one by the bare driver what the first one holds.
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "../scripts/workspace.mjs";

const require = createRequire(join(root, "packages/storage-adapters/package.json"));
const at = (/** @type {string} */ path) => pathToFileURL(join(root, path)).href;
/** Orders of one transaction by the bare driver. */
const PAGE = 2000;
const TABLES = [
  { name: "rk_customers", by: "id" },
  { name: "rk_labels", by: "id" },
  { name: "rk_orders", by: "id" },
  { name: "rk_order_lines", by: "order_id" },
  { name: "rk_order_labels", by: "order_id" },
];

/** @typedef {Record<string, string | number | null>} Row */
/** @typedef {{ begin(): Promise<void>, insert(table: string, rows: Row[]): Promise<void>, commit(): Promise<void>, close(): Promise<void> }} Bare */

/** @param {string} engine @param {string} url @returns {Promise<{ stores: any, bare(): Promise<number>, close(): Promise<void> }>} */
export async function openEngine(engine, url) {
  if (engine === "sqlite") return openSqlite();
  return engine === "postgres" ? openPostgres(url) : openMariadb(url);
}

async function openSqlite() {
  /** @type {typeof import("@recallkit/storage-adapters/sqlite")} */
  const { sqliteStores } = await import(at("packages/storage-adapters/dist/sqlite/index.js"));
  const folder = mkdtempSync(join(tmpdir(), "recallkit-bench-"));
  const file = (/** @type {string} */ name) => join(folder, `${name}.db`);
  const stores = await sqliteStores({ file: file("kit"), migrate: true });
  return {
    stores,
    async bare() {
      await (await sqliteStores({ file: file("bare"), migrate: true })).close();
      const db = new (require("libsql"))(file("bare"));
      db.exec("PRAGMA journal_mode = WAL");
      db.exec("PRAGMA synchronous = FULL");
      const prepared = new Map();
      return copied(stores, {
        begin: async () => db.exec("BEGIN IMMEDIATE"),
        commit: async () => db.exec("COMMIT"),
        close: async () => db.close(),
        async insert(table, rows) {
          const names = Object.keys(rows[0] ?? {});
          if (!prepared.has(table))
            prepared.set(table, db.prepare(`insert into ${table} (${names}) values (${names.map(() => "?")})`));
          for (const row of rows) prepared.get(table).run(Object.values(row));
        },
      });
    },
    close: async () => rmSync(folder, { recursive: true, force: true }),
  };
}

async function openPostgres(/** @type {string} */ url) {
  /** @type {typeof import("@recallkit/storage-adapters/postgres")} */
  const { postgresStores } = await import(at("packages/storage-adapters/dist/postgres/index.js"));
  const pg = require("pg");
  const admin = new pg.Client({ connectionString: url });
  await admin.connect();
  for (const name of ["bench_kit", "bench_bare"]) await admin.query(`drop schema if exists ${name} cascade`);
  await admin.end();
  const stores = await postgresStores({ url, schema: "bench_kit", migrate: true });
  return {
    stores,
    async bare() {
      await (await postgresStores({ url, schema: "bench_bare", migrate: true })).close();
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      await client.query("set search_path to bench_bare");
      /** Types of columns by table. @type {Map<string, Map<string, string>>} */
      const types = new Map();
      const typesOf = async (/** @type {string} */ table) => {
        const known = types.get(table);
        if (known) return known;
        const text =
          "select column_name, udt_name from information_schema.columns where table_schema = $1 and table_name = $2";
        const { rows } = await client.query({ text, values: ["bench_bare", table] });
        const found = new Map(rows.map((/** @type {any} */ row) => [row.column_name, row.udt_name]));
        types.set(table, found);
        return found;
      };
      return copied(stores, {
        begin: async () => void (await client.query("begin")),
        commit: async () => void (await client.query("commit")),
        close: () => client.end(),
        async insert(table, rows) {
          const names = Object.keys(rows[0] ?? {});
          const known = await typesOf(table);
          const values = names.map((name, n) => `$${n + 1}::${known.get(name)}[]`);
          const text = `insert into ${table} (${names}) select * from unnest(${values})`;
          await client.query({ text, values: names.map((name) => rows.map((row) => row[name])) });
        },
      });
    },
    close: async () => {},
  };
}

async function openMariadb(/** @type {string} */ url) {
  /** @type {typeof import("@recallkit/storage-adapters/mysql")} */
  const { mysqlStores } = await import(at("packages/storage-adapters/dist/mysql/index.js"));
  const driver = "mysql2/promise";
  const { createConnection } = require(driver);
  const admin = await createConnection(url);
  for (const name of ["bench_kit", "bench_bare"]) {
    await admin.query(`drop database if exists ${name}`);
    await admin.query(`create database ${name} character set utf8mb4`);
  }
  await admin.end();
  const stores = await mysqlStores({ url: `${url}bench_kit`, migrate: true });
  return {
    stores,
    async bare() {
      await (await mysqlStores({ url: `${url}bench_bare`, migrate: true })).close();
      const connection = await createConnection(`${url}bench_bare`);
      return copied(stores, {
        begin: () => connection.beginTransaction(),
        commit: () => connection.commit(),
        close: () => connection.end(),
        async insert(table, rows) {
          const names = Object.keys(rows[0] ?? {});
          await connection.query(`insert into ${table} (${names}) values ?`, [rows.map((row) => Object.values(row))]);
        },
      });
    },
    close: async () => {},
  };
}

/**
 * Inserts what the stores hold, a page of orders with its lines and labels per transaction; reading isn't counted.
 *
 * @param {any} stores @param {Bare} bare @returns {Promise<number>} seconds
 */
async function copied(stores, bare) {
  let ms = 0;
  const last = Math.max(...(await Promise.all(TABLES.slice(0, 3).map(({ name }) => lastId(stores, name)))));
  for (let from = 1; from <= last; from += PAGE) {
    const pages = [];
    for (const { name, by } of TABLES)
      pages.push({
        name,
        rows: await stores.sql
          .selectFrom(name)
          .selectAll()
          .where(by, ">=", from)
          .where(by, "<", from + PAGE)
          .execute(),
      });
    // The change feed has a row of every order, customer and label: the same rows in their order.
    const changes = await stores.sql
      .selectFrom("rk_changes")
      .selectAll()
      .where("row_id", ">=", from)
      .where("row_id", "<", from + PAGE)
      .execute();
    const startedAt = performance.now();
    await bare.begin();
    for (const { name, rows } of [...pages, { name: "rk_changes", rows: changes }])
      if (rows.length > 0) await bare.insert(name, rows);
    await bare.commit();
    ms += performance.now() - startedAt;
  }
  await bare.close();
  return ms / 1000;
}

/** @param {any} stores @param {string} table */
async function lastId(stores, table) {
  const row = await stores.sql
    .selectFrom(table)
    .select((/** @type {any} */ eb) => eb.fn.max("id").as("id"))
    .executeTakeFirst();
  return row?.id ?? 0;
}
