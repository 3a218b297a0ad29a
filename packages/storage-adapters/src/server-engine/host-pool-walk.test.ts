// Every call of the kit, over a pool of the application: its connections are left as they were found.
import { createRecallKit, silentLogger, systemClock } from "@recallkit/core";
import { recordingChannel } from "@recallkit/core/testing";
import { createPool } from "mysql2/promise";
import pg from "pg";
import { describe, expect, onTestFinished, test } from "vitest";
import { mysqlStores } from "../mysql/mysql-stores.js";
import { mysqlUrl, newDatabase } from "../mysql/test-support.js";
import { postgresStores } from "../postgres/postgres-stores.js";
import { newSchema, postgresUrl } from "../postgres/test-support.js";
import type { SqlStores } from "../sql/sql-stores.js";
import { callsOf, type Ids, publicCalls } from "./public-calls.js";

/** A pool with two connections, whose settings are not the ones that we like. */
interface HostPool {
  readonly stores: SqlStores;
  /** What each connection of the pool tells of its session, as one text each. */
  sessions(): Promise<readonly string[]>;
  /** Does something on a connection of the pool that it does not undo. */
  spoil(): Promise<void>;
  /** A transaction of the application. */
  begin(): Promise<{ readonly handle: object; commit(): Promise<unknown> }>;
}

const SIZE = 2;

async function each<C extends { release(): void }>(connect: () => Promise<C>, ask: (connection: C) => Promise<string>) {
  const taken = await Promise.all(Array.from({ length: SIZE }, connect));
  const told = await Promise.all(taken.map(ask));
  for (const connection of taken) connection.release();
  return told.sort();
}

const ASK_POSTGRES = `SELECT pg_backend_pid() AS pid,
  (SELECT json_object_agg(name, setting ORDER BY name) FROM pg_settings) AS settings,
  (SELECT json_agg(c) FROM pg_listening_channels() AS c) AS channels,
  (SELECT json_agg(name) FROM pg_prepared_statements) AS prepared,
  (SELECT json_agg(objid) FROM pg_locks WHERE pid = pg_backend_pid() AND locktype = 'advisory') AS locks,
  (SELECT json_agg(relname) FROM pg_class WHERE relnamespace = pg_my_temp_schema()) AS temporary`;

async function postgresPool(): Promise<HostPool> {
  const { schema, url, drop } = newSchema();
  const pool = new pg.Pool({
    connectionString: url,
    max: SIZE,
    idleTimeoutMillis: 0,
    options: "-c join_collapse_limit=7 -c lock_timeout=77 -c search_path=pg_catalog -c bytea_output=escape",
  });
  onTestFinished(async () => {
    await pool.end();
    await drop();
  });
  return {
    stores: await postgresStores({ pool, schema, migrate: true }),
    sessions: () =>
      each(
        () => pool.connect(),
        async (client) => JSON.stringify((await client.query(ASK_POSTGRES)).rows),
      ),
    spoil: async () => void (await pool.query("SET lock_timeout = 1")),
    async begin() {
      const handle = await pool.connect();
      await handle.query("BEGIN");
      const commit = async () => {
        await handle.query("COMMIT");
        handle.release();
      };
      return { handle, commit };
    },
  };
}

/** What the server counts or notes by itself. */
const OF_SERVER =
  /^(timestamp|rand_seed|last_gtid|gtid_|pseudo_|error_count|warning_count|insert_id|last_insert_id|identity|in_transaction|in_predicate|skip_replication|server_uid|innodb_)/;

async function mysqlPool(): Promise<HostPool> {
  const { url, create, drop } = newDatabase();
  await create();
  const pool = createPool({ uri: url, connectionLimit: SIZE, charset: "utf8mb4" });
  pool.on("connection", (connection) => {
    connection.query("SET SESSION sql_mode = 'NO_BACKSLASH_ESCAPES', SESSION innodb_lock_wait_timeout = 77");
  });
  onTestFinished(async () => {
    await pool.end();
    await drop();
  });
  return {
    stores: await mysqlStores({ pool, migrate: true }),
    sessions: () =>
      each(
        () => pool.getConnection(),
        async (connection) => {
          const [rows] = await connection.query("SHOW SESSION VARIABLES");
          const told = (rows as { Variable_name: string; Value: string }[]).filter(
            ({ Variable_name: name }) => name === "innodb_lock_wait_timeout" || !OF_SERVER.test(name),
          );
          return JSON.stringify([connection.threadId, told]);
        },
      ),
    spoil: async () => void (await pool.query("SET SESSION max_statement_time = 77")),
    async begin() {
      const handle = await pool.getConnection();
      await handle.query("SET TRANSACTION ISOLATION LEVEL READ COMMITTED");
      await handle.query("START TRANSACTION");
      const commit = async () => {
        await handle.query("COMMIT");
        handle.release();
      };
      return { handle, commit };
    },
  };
}

describe.each([
  ["pg", postgresUrl, postgresPool],
  ["mysql2", mysqlUrl, mysqlPool],
] as const)("a pool of %s", (_, url, open) => {
  test.skipIf(url === "")("has the sessions that it had after every call of the kit", async () => {
    const { stores, sessions, spoil, begin } = await open();
    const channel = recordingChannel({ clock: systemClock, name: "wecom" });
    const kit = createRecallKit({
      stores,
      channels: [channel],
      logger: silentLogger,
      secretKey: "x".repeat(32),
      links: { publicUrl: "https://shop.example" },
    });
    // A call that is new has to be listed.
    expect(Object.keys(publicCalls).concat("withTransaction").sort()).toEqual(callsOf(kit));

    const before = await sessions();
    const ids: Ids = {
      rule: 0,
      occurrence: 0,
      suppression: 0,
      segment: 0,
      coupon: 0,
      imported: 0,
      token: "",
      code: "",
      template: 0,
      message: 0,
      trace: "",
      messageBatch: 0,
    };
    const failed: string[] = [];
    const change: string[] = [];
    const within = async (name: string, call: () => unknown) => {
      await (async () => call())().catch((error: { code?: string; message: string }) => {
        failed.push(`${name}: ${error.code ?? error.message}`);
      });
      if ((await sessions()).join() !== before.join()) change.push(name);
    };
    for (const [name, call] of Object.entries(publicCalls)) {
      if (name === "close") continue;
      await within(name, () => call(kit, ids));
    }
    const { handle, commit } = await begin();
    const inside = kit.withTransaction(handle);
    await inside.customers.upsert([{ externalKey: "p9" }]);
    await inside.audience.count({ segment: { everybody: true } });
    await within("withTransaction", commit);
    await within("close", () => kit.close());
    expect(change).toEqual([]);
    expect(failed).toEqual([
      "messages.decide: message.not-found",
      "batches.decide: batch.not-found",
      "batches.redrive: batch.not-found",
    ]);
    // It would have been seen.
    await spoil();
    expect(await sessions()).not.toEqual(before);
  });
});
