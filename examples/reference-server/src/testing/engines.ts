import { randomBytes } from "node:crypto";
import { join } from "node:path";
import type { Clock } from "@recallkit/core";
import { postgresStores } from "@recallkit/storage-adapters/postgres";
import { type SqlStores, sqliteStores } from "@recallkit/storage-adapters/sqlite";
import pg from "pg";
import { inject, onTestFinished } from "vitest";

declare module "vitest" {
  interface ProvidedContext {
    postgresUrl: string;
  }
}

/** Where the tests' PostgreSQL is; empty without one. */
const postgresUrl = inject("postgresUrl");

/** An engine that tests run on. */
export interface Engine {
  readonly name: string;
  /** Why tests on it are skipped here; undefined: they are not. */
  readonly missing: string | undefined;
  /** A database URL of its own, gone when the test ends; files go into the folder given. */
  newUrl(folder: string): string;
  /** Stores on a database of its own. */
  open(folder: string, options?: { readonly clock?: Clock }): Promise<SqlStores>;
}

/** Every engine. */
export const engines: readonly Engine[] = [
  {
    name: "SQLite",
    missing: undefined,
    newUrl: (folder) => `sqlite:${join(folder, `${randomBytes(6).toString("hex")}.db`)}`,
    open: (folder, options) =>
      sqliteStores({ file: join(folder, `${randomBytes(6).toString("hex")}.db`), migrate: true, ...options }),
  },
  {
    name: "PostgreSQL",
    missing: postgresUrl === "" ? "needs a PostgreSQL server" : undefined,
    newUrl: () => `${postgresUrl}?schema=${newSchema()}`,
    open: (_, options) => postgresStores({ url: postgresUrl, schema: newSchema(), migrate: true, ...options }),
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
