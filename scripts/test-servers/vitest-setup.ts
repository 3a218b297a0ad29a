// Starts the servers that tests talk to, once for a whole run, and tells the tests where they are.
import type { TestProject } from "vitest/node";
import { startMariadb } from "./mariadb.ts";
import { startPostgres } from "./postgres.ts";
import type { PrivateServer } from "./private-server.ts";
import { startRedis } from "./redis.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Each is empty where there is none; tests that need it are skipped by name. */
    postgresUrl: string;
    /** Without a database's name. */
    mysqlUrl: string;
    redisUrl: string;
  }
}

const SERVICES = [
  { name: "PostgreSQL", key: "postgresUrl", given: "TEST_POSTGRES_URL", start: startPostgres },
  { name: "MariaDB", key: "mysqlUrl", given: "TEST_MYSQL_URL", start: startMariadb },
  { name: "Redis", key: "redisUrl", given: "TEST_REDIS_URL", start: startRedis },
] as const;

let servers: readonly (PrivateServer | undefined)[] = [];

export async function setup(project: TestProject): Promise<void> {
  servers = await Promise.all(
    SERVICES.map(async ({ name, key, given, start }) => {
      const url = process.env[given];
      const server = url ? undefined : await start();
      project.provide(key, key === "mysqlUrl" ? folder(url ?? server?.url) : (url ?? server?.url ?? ""));
      if (!url && !server && process.env.REQUIRE_SERVICES === "1")
        throw new Error(`${name} is required and not installed`);
      return server;
    }),
  );
}

/** Names of databases are written behind it. */
function folder(url = ""): string {
  return url === "" || url.endsWith("/") ? url : `${url}/`;
}

export async function teardown(): Promise<void> {
  await Promise.all(servers.map((server) => server?.stop()));
}
