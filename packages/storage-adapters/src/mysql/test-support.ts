// What the tests of this folder share; not part of the package.
import { randomBytes } from "node:crypto";
import { createConnection } from "mysql2/promise";
import { inject } from "vitest";

declare module "vitest" {
  interface ProvidedContext {
    mysqlUrl: string;
  }
}

/** Where the tests' MariaDB or MySQL is; empty without one. */
export const mysqlUrl = inject("mysqlUrl");

/** A database of its own in the tests' server; `create` makes it, `drop` removes it. */
export function newDatabase(): {
  readonly url: string;
  create(charset?: string): Promise<void>;
  drop(): Promise<void>;
} {
  const name = `recallkit_test_${randomBytes(6).toString("hex")}`;
  async function run(statement: string) {
    const connection = await createConnection(mysqlUrl);
    await connection.query(statement);
    await connection.end();
  }
  return {
    url: `${mysqlUrl}${name}`,
    create: (charset = "utf8mb4") => run(`CREATE DATABASE ${name} CHARACTER SET ${charset}`),
    drop: () => run(`DROP DATABASE IF EXISTS ${name}`),
  };
}
