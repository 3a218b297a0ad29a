// What an application has set on its connection and told its driver matters to no call, and is as before after it.
import { sql } from "kysely";
import { createConnection } from "mysql2/promise";
import type pg from "pg";
import { expect, onTestFinished, test } from "vitest";
import { mysqlUrl } from "../mysql/test-support.js";
import { postgresUrl } from "../postgres/test-support.js";
import { hostKinds } from "./test-support.js";

const hostOf = (engine: string) => hostKinds.find((kind) => kind.engine === engine && kind.driver !== "Kysely")!.open();
const EVERYBODY = { segment: { everybody: true } } as const;
const BAD = { externalKey: "" };

async function useOf(host: Awaited<ReturnType<typeof hostOf>>, handle: object) {
  const kit = host.kit.withTransaction(handle);
  const key = "\\' 喵😺";
  expect(await kit.customers.upsert([{ externalKey: key, bornOn: "1990-02-28" }])).toMatchObject({ inserted: 1 });
  expect(await kit.customers.upsert([{ externalKey: key, bornOn: "1990-02-28" }])).toMatchObject({ unchanged: 1 });
  expect(await kit.audience.count(EVERYBODY)).toBe(1);
  expect(JSON.stringify(await kit.customers.export(key))).toContain("喵😺");
  expect((await kit.tenants.list()).items).toMatchObject([{ id: 1 }]);
  await expect(kit.customers.upsert([BAD])).rejects.toMatchObject({ code: "input.invalid" });
}

test.skipIf(postgresUrl === "")("settings and type parsers of pg", async () => {
  const host = await hostOf("PostgreSQL");
  const client = (await host.idle()) as pg.PoolClient;
  for (const oid of [16, 17, 20, 21, 23, 25, 701, 1700]) client.setTypeParser(oid, () => "hurt");
  const settings = async () => {
    const types = { getTypeParser: () => String };
    return (await client.query({ text: "SELECT name, setting FROM pg_settings ORDER BY name", types })).rows;
  };
  await client.query("BEGIN; SET lock_timeout = 77; SET LOCAL join_collapse_limit = 3; SET bytea_output = 'escape'");
  const before = await settings();
  await useOf(host, client);
  expect(await settings()).toEqual(before);
  await client.query("COMMIT");
  expect(await host.kept()).toEqual({ notes: [], people: 1 });
});

test.skipIf(mysqlUrl === "")("settings and options of mysql2", async () => {
  const host = await hostOf("MariaDB");
  const { rows } = await sql<{ name: string }>`select database() as name`.execute(host.kit.stores.sql);
  const connection = await createConnection({
    uri: `${mysqlUrl}${rows[0]?.name}`,
    charset: "utf8mb4",
    rowsAsArray: true,
    bigNumberStrings: true,
    supportBigNumbers: true,
    decimalNumbers: true,
    dateStrings: true,
    namedPlaceholders: true,
    typeCast: () => "hurt",
  });
  onTestFinished(() => connection.end());
  const settings = async () => {
    const [found] = await connection.query({
      sql: `SHOW SESSION VARIABLES WHERE Variable_name NOT IN ('timestamp', 'rand_seed1', 'rand_seed2', 'last_insert_id',
        'identity', 'insert_id', 'error_count', 'warning_count', 'last_gtid', 'gtid_binlog_pos', 'gtid_current_pos')
        AND Variable_name NOT LIKE 'innodb_buffer%'`,
      typeCast: (field) => field.string("utf-8"),
    });
    return found;
  };
  await connection.query("SET SESSION sql_mode = 'TRADITIONAL', SESSION innodb_lock_wait_timeout = 77");
  await connection.query("SET SESSION sql_safe_updates = 1, SESSION sql_select_limit = 1");
  await connection.query("SET TRANSACTION ISOLATION LEVEL READ COMMITTED");
  await connection.query("START TRANSACTION");
  await connection.query("SET SESSION sql_select_limit = 2000");
  const before = await settings();
  await useOf(host, connection);
  expect(await settings()).toEqual(before);
  await connection.query("COMMIT");
  expect(await host.kept()).toEqual({ notes: [], people: 1 });
});
