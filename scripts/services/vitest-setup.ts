// Starts the servers that tests talk to, once for a whole run, and tells the tests where they are.
import type { TestProject } from "vitest/node";
import { type PrivateServer, startPostgres } from "./postgres.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Empty: there is none, and tests that need it are skipped by name. */
    postgresUrl: string;
  }
}

let postgres: PrivateServer | undefined;

export async function setup(project: TestProject): Promise<void> {
  const given = process.env.TEST_POSTGRES_URL;
  postgres = given ? undefined : await startPostgres();
  const url = given ?? postgres?.url ?? "";
  if (url === "" && process.env.REQUIRE_SERVICES === "1") throw new Error("PostgreSQL is required and not installed");
  project.provide("postgresUrl", url);
}

export async function teardown(): Promise<void> {
  await postgres?.stop();
}
