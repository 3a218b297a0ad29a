import type { MovedTable } from "@recallkit/storage-adapters/copy";
import type { MigrationSet } from "@recallkit/storage-adapters/migrations";
import type * as z from "zod";
import type { ServerContext, ServerRole } from "./context.js";
import type { Route } from "./route.js";

/** Work that goes on while the server runs. */
export interface Job {
  readonly name: string;
  /** Roles of processes that do it. */
  readonly roles: readonly ServerRole[];
  /** Resolves after the signal is aborted and open work has ended; a rejection ends the process. */
  run(context: ServerContext, signal: AbortSignal): Promise<void>;
}

/** One bounded context of the server. */
export interface Module {
  readonly name: string;
  /** Tables of its own. */
  readonly migrations?: MigrationSet;
  /** Those of its tables whose rows go with a tenant that is moved to another database. */
  readonly tenantTables?: readonly MovedTable[];
  readonly routes?: readonly Route[];
  readonly jobs?: readonly Job[];
  /** Environment variables of its own; part of the server's environment. */
  readonly config?: Readonly<Record<string, z.ZodType>>;
  /** Resolves with what is missing before requests may come, or undefined when nothing is. */
  readiness?(context: ServerContext): Promise<string | undefined>;
}

/** Declares a module. */
export function defineModule(module: Module): Module {
  return module;
}

/** Migration sets of modules, in the order of the modules. */
export function migrationsOf(modules: readonly Module[]): readonly MigrationSet[] {
  return modules.flatMap(({ migrations }) => (migrations ? [migrations] : []));
}
