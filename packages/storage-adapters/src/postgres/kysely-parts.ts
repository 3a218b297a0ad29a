import { PostgresAdapter, PostgresIntrospector } from "kysely";
import type { ServerEngine } from "../server-engine/server-database.js";
import { TypedQueryCompiler } from "./query-compiler.js";

/** How Kysely compiles the stores' statements for an engine that speaks PostgreSQL: with the types of their values. */
export const postgresKysely: ServerEngine["kysely"] = {
  createAdapter: () => new PostgresAdapter(),
  createQueryCompiler: () => new TypedQueryCompiler(),
  createIntrospector: (db) => new PostgresIntrospector(db),
};
