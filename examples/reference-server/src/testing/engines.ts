import { randomBytes } from "node:crypto";
import { join } from "node:path";
import type { Clock } from "@recallkit/core";
import { mysqlStores } from "@recallkit/storage-adapters/mysql";
import { postgresStores } from "@recallkit/storage-adapters/postgres";
import { type SqlStores, sqliteStores } from "@recallkit/storage-adapters/sqlite";
import { createConnection } from "mysql2/promise";
import pg from "pg";
import { inject, onTestFinished } from "vitest";

declare module "vitest" {
  interface ProvidedContext {
    postgresUrl: string;
    mysqlUrl: string;
  }
}

/** Where the tests' servers are; empty without one. */
const postgresUrl = inject("postgresUrl");
const mysqlUrl = inject("mysqlUrl");

/** An engine that tests run on. */
export interface Engine {
  readonly name: string;
  /** Why tests on it are skipped here; undefined: they are not. */
  readonly missing: string | undefined;
  /** A database URL of its own, gone when the test ends; files go into the folder given. */
  newUrl(folder: string): Promise<string>;
  /** Stores on a database of its own. */
  open(folder: string, options?: { readonly clock?: Clock }): Promise<SqlStores>;
}

/** Every engine. */
export const engines: readonly Engine[] = [
  {
    name: "SQLite",
    missing: undefined,
    newUrl: async (folder) => `sqlite:${join(folder, `${randomBytes(6).toString("hex")}.db`)}`,
    open: (folder, options) =>
      sqliteStores({ file: join(folder, `${randomBytes(6).toString("hex")}.db`), migrate: true, ...options }),
  },
  {
    name: "PostgreSQL",
    missing: postgresUrl === "" ? "needs a PostgreSQL server" : undefined,
    newUrl: async () => `${postgresUrl}?schema=${newSchema()}`,
    open: (_, options) => postgresStores({ url: postgresUrl, schema: newSchema(), migrate: true, ...options }),
  },
  {
    name: "MariaDB",
    missing: mysqlUrl === "" ? "needs a MariaDB server" : undefined,
    newUrl: newMysqlUrl,
    open: async (_, options) => mysqlStores({ url: await newMysqlUrl(), migrate: true, ...options }),
  },
];

function newSchema(): string {
  const schema = `recallkit_test_${randomBytes(6).toString("hex")}`;
  onTestFinished(async () => {
    const client = new pg.Client({ connectionString: postgresUrl });
    await client.connect();
    await client.query(`DROP SCHEMA IF EXISTS ${schema} CASCADE`);
    await client.end();
  });
  return schema;
}

async function newMysqlUrl(): Promise<string> {
  const name = `recallkit_test_${randomBytes(6).toString("hex")}`;
  const connection = await createConnection(mysqlUrl);
  await connection.query(`CREATE DATABASE ${name}`);
  onTestFinished(async () => {
    await connection.query(`DROP DATABASE IF EXISTS ${name}`);
    await connection.end();
  });
  return `${mysqlUrl}${name}`;
}
