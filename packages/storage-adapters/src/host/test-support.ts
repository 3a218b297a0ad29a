// What the tests of host transactions share; not part of the package.
import { createRecallKit, type RecallKit, type RecallKitOptions, silentLogger } from "@recallkit/core";
import { CamelCasePlugin, type Dialect, Kysely, MysqlDialect, PostgresDialect, SqliteDialect, sql } from "kysely";
import Libsql from "libsql";
import mysql from "mysql2";
import pg from "pg";
import { onTestFinished } from "vitest";
import { mysqlStores } from "../mysql/mysql-stores.js";
import { mysqlUrl, newDatabase } from "../mysql/test-support.js";
import { postgresStores } from "../postgres/postgres-stores.js";
import { newSchema, postgresUrl } from "../postgres/test-support.js";
import type { SqlStores } from "../sql/sql-stores.js";
import { sqliteStores } from "../sqlite/sqlite-stores.js";
import { drivers, newFile } from "../sqlite/test-support.js";

/** A transaction of an application, with one statement of its own. */
export interface HostTransaction {
  /** What the kit is given. */
  readonly handle: object;
  write(id: number): Promise<unknown>;
  commit(): Promise<unknown>;
  rollback(): Promise<unknown>;
}

/** An application over the database of a kit. */
export interface Host {
  readonly kit: RecallKit<SqlStores>;
  begin(): Promise<HostTransaction>;
  /** A connection of the same kind on which nothing has begun. */
  idle(): Promise<object>;
  /** What the application has kept, and how many people the kit has: as others see it. */
  kept(): Promise<{ readonly notes: readonly number[]; readonly people: number }>;
}

/** A kind of application. */
export interface HostKind {
  readonly engine: "SQLite" | "PostgreSQL" | "MariaDB";
  readonly driver: string;
  readonly isThere: boolean;
  open(): Promise<Host>;
}

interface Notes {
  hostNotes: { id: number };
}

const CREATE = "CREATE TABLE host_notes (id INTEGER PRIMARY KEY)";

function kitOver(stores: SqlStores, options: Partial<RecallKitOptions> = {}): RecallKit<SqlStores> {
  onTestFinished(() => stores.close());
  return createRecallKit({ logger: silentLogger, ...options, stores });
}

function keptBy(kit: RecallKit<SqlStores>, schema?: string): Host["kept"] {
  return async () => {
    const all = kit.stores.sql.withTables<{ host_notes: { id: number } }>();
    const db = schema === undefined ? all : all.withSchema(schema);
    const notes = await db.selectFrom("host_notes").select("id").orderBy("id").execute();
    return { notes: notes.map(({ id }) => id), people: await kit.audience.count({ segment: { everybody: true } }) };
  };
}

/** An application that has a Kysely of its own, with a plugin. */
function kyselyHost(dialect: Dialect): Pick<Host, "begin" | "idle"> {
  const db = new Kysely<Notes>({ dialect, plugins: [new CamelCasePlugin()] });
  onTestFinished(() => db.destroy());
  return {
    async begin() {
      const handle = await db.startTransaction().execute();
      onTestFinished(() =>
        handle
          .rollback()
          .execute()
          .catch(() => {}),
      );
      return {
        handle,
        write: (id) => handle.insertInto("hostNotes").values({ id }).execute(),
        commit: () => handle.commit().execute(),
        rollback: () => handle.rollback().execute(),
      };
    },
    idle: async () => db,
  };
}

/** SQL of a driver without more. */
function rawHost(
  open: () => Promise<{ handle: object; run(sql: string): Promise<unknown> }>,
): Pick<Host, "begin" | "idle"> {
  return {
    async begin() {
      const { handle, run } = await open();
      await run("BEGIN");
      onTestFinished(async () => {
        await Promise.resolve(run("ROLLBACK")).catch(() => {});
      });
      return {
        handle,
        write: async (id) => run(`INSERT INTO host_notes (id) VALUES (${id})`),
        commit: async () => run("COMMIT"),
        rollback: async () => run("ROLLBACK"),
      };
    },
    idle: async () => (await open()).handle,
  };
}

async function sqliteHost(make: (file: string) => Pick<Host, "begin" | "idle">): Promise<Host> {
  const file = newFile();
  const kit = kitOver(await sqliteStores({ file, migrate: true }));
  const handle = new Libsql(file);
  handle.exec(CREATE);
  handle.close();
  return { kit, ...make(file), kept: keptBy(kit) };
}

async function postgresHost(make: (config: pg.PoolConfig) => Pick<Host, "begin" | "idle">): Promise<Host> {
  const { drop, url, schema } = newSchema();
  onTestFinished(drop);
  const kit = kitOver(await postgresStores({ url, schema, migrate: true }));
  const config = { connectionString: url, options: `-c search_path=${schema}` };
  const client = new pg.Client(config);
  await client.connect();
  await client.query(CREATE);
  await client.end();
  return { kit, ...make(config), kept: keptBy(kit, schema) };
}

async function mysqlHost(make: (config: mysql.PoolOptions) => Pick<Host, "begin" | "idle">): Promise<Host> {
  const { url, create, drop } = newDatabase();
  await create();
  onTestFinished(drop);
  const kit = kitOver(await mysqlStores({ url, migrate: true }));
  await sql.raw(CREATE).execute(kit.stores.sql);
  return { kit, ...make({ uri: url, charset: "utf8mb4" }), kept: keptBy(kit) };
}

function callback<T>(call: (done: (error: unknown, value: T) => void) => void): Promise<T> {
  return new Promise((resolve, reject) => call((error, value) => (error ? reject(error) : resolve(value))));
}

const READ_COMMITTED = "SET TRANSACTION ISOLATION LEVEL READ COMMITTED";

/** Every kind of application that the issue of engines and drivers makes. */
export const hostKinds: readonly HostKind[] = [
  {
    engine: "SQLite",
    driver: "Kysely",
    isThere: true,
    open: () => sqliteHost((file) => kyselyHost(new SqliteDialect({ database: new Libsql(file) }))),
  },
  ...drivers.map(({ name }) => ({
    engine: "SQLite" as const,
    driver: name,
    isThere: true,
    open: () =>
      sqliteHost((file) =>
        rawHost(async () => {
          const handle = rawSqlite(name, file);
          onTestFinished(() => void handle.close());
          return { handle, run: async (text) => handle.exec(text) };
        }),
      ),
  })),
  {
    engine: "PostgreSQL",
    driver: "Kysely",
    isThere: postgresUrl !== "",
    open: () => postgresHost((config) => kyselyHost(new PostgresDialect({ pool: new pg.Pool(config) }))),
  },
  {
    engine: "PostgreSQL",
    driver: "pg",
    isThere: postgresUrl !== "",
    open: () =>
      postgresHost((config) => {
        const pool = new pg.Pool(config);
        onTestFinished(() => pool.end());
        return rawHost(async () => {
          const handle = await pool.connect();
          onTestFinished(() => handle.release(true));
          return { handle, run: (text) => handle.query(text) };
        });
      }),
  },
  {
    engine: "MariaDB",
    driver: "Kysely",
    isThere: mysqlUrl !== "",
    open: () =>
      mysqlHost((config) => {
        const pool = mysql.createPool(config);
        pool.on("connection", (connection) => connection.query(READ_COMMITTED.replace("SET", "SET SESSION")));
        return kyselyHost(new MysqlDialect({ pool }));
      }),
  },
  ...(["mysql2 with promises", "mysql2 with callbacks"] as const).map((driver) => ({
    engine: "MariaDB" as const,
    driver,
    isThere: mysqlUrl !== "",
    open: () =>
      mysqlHost((config) =>
        rawHost(async () => {
          const connection = mysql.createConnection(config);
          onTestFinished(() => connection.destroy());
          await callback((done) => connection.connect((error) => done(error, undefined)));
          const run = async (sql: string) => {
            if (sql === "BEGIN") await callback((done) => connection.query(READ_COMMITTED, done));
            return callback((done) => connection.query(sql, done));
          };
          return { handle: driver === "mysql2 with promises" ? connection.promise() : connection, run };
        }),
      ),
  })),
];

function rawSqlite(name: "node" | "libsql", file: string): { exec(sql: string): unknown; close(): unknown } {
  if (name === "libsql") return new Libsql(file);
  // The types of Node 20 do not know the module.
  const { DatabaseSync } = process.getBuiltinModule("node:sqlite" as "node:fs") as never as {
    DatabaseSync: new (file: string) => { exec(sql: string): unknown; close(): unknown };
  };
  return new DatabaseSync(file);
}
