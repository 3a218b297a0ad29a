// What the tests of this folder share; not part of the package.
import { randomBytes } from "node:crypto";
import pg from "pg";
import { inject } from "vitest";

declare module "vitest" {
  interface ProvidedContext {
    postgresUrl: string;
  }
}

/** Where the tests' PostgreSQL is; empty without one. */
export const postgresUrl = inject("postgresUrl");

/** A schema of its own in the tests' database; `drop` removes it. */
export function newSchema(): { readonly url: string; readonly schema: string; drop(): Promise<void> } {
  const schema = `recallkit_test_${randomBytes(6).toString("hex")}`;
  return {
    url: postgresUrl,
    schema,
    async drop() {
      const client = new pg.Client({ connectionString: postgresUrl });
      await client.connect();
      await client.query(`DROP SCHEMA IF EXISTS ${schema} CASCADE`);
      await client.end();
    },
  };
}
