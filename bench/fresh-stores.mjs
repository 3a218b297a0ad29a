// New stores of an engine with nothing in them.
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "../scripts/workspace.mjs";
import { concatByFunction } from "./audience/seed.mjs";

const at = (/** @type {string} */ path) => pathToFileURL(join(root, path)).href;

/**
 * @param {string} engine
 * @param {string} name of the schema or database on a server
 * @param {string} url of the server
 * @param {string} folder where a file may be put
 */
export async function freshStores(engine, name, url, folder) {
  const recursive = (/** @type {number} */ many) =>
    `(with recursive r(i) as (select 1 union all select i + 1 from r where i < ${many}) select i from r)`;
  if (engine === "postgres") {
    const { postgresStores } = await import(at("packages/storage-adapters/dist/postgres/index.js"));
    return {
      stores: await postgresStores({ url, schema: `bench_${name}`, migrate: true }),
      numbers: (/** @type {number} */ many) => `(select i from generate_series(1::int8, ${many}) as g(i))`,
      explain: "explain (analyze, timing off, costs off)",
      refresh: (/** @type {string} */ table) => `vacuum analyze bench_${name}.${table}`,
    };
  }
  if (engine === "mariadb") {
    concatByFunction();
    const { mysqlStores } = await import(at("packages/storage-adapters/dist/mysql/index.js"));
    const mysql = createRequire(join(root, "packages/storage-adapters/package.json"))("mysql2/promise");
    const database = `recallkit_bench_${name}`;
    const plain = await mysql.createConnection(url);
    await plain.query(`drop database if exists ${database}`);
    await plain.query(`create database ${database}`);
    await plain.end();
    const own = new URL(url);
    own.pathname = `/${database}`;
    return {
      stores: await mysqlStores({ url: own.href, migrate: true }),
      numbers: (/** @type {number} */ many) => `(select seq as i from seq_1_to_${many})`,
      explain: "analyze",
      refresh: (/** @type {string} */ table) => `analyze table ${table}`,
    };
  }
  const { sqliteStores } = await import(at("packages/storage-adapters/dist/sqlite/index.js"));
  return {
    stores: await sqliteStores({ file: join(folder, "shop.db"), migrate: true }),
    numbers: recursive,
    explain: "explain query plan",
    refresh: () => "analyze",
  };
}
