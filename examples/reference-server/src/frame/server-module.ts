import type { PersonData } from "@recallkit/core/ports";
import {
  type Caller,
  type HttpContext,
  type Module,
  type PermissionFacts,
  type Route,
  routesIn,
} from "@recallkit/http";
import type { JobFigures, JobInput, JobTurn } from "@recallkit/scheduler";
import type { MovedTable } from "@recallkit/storage-adapters/copy";
import type { MigrationSet } from "@recallkit/storage-adapters/migrations";
import type { SqlStores } from "@recallkit/storage-adapters/sqlite";
import type * as z from "zod";
import type { LookAt } from "../cli/check.js";
import type { AddCommand } from "../cli/command.js";
import type { ConfigKey } from "./config-key.js";
import type { ServerContext, ServerRole } from "./context.js";
import type { KeptFigures } from "./kept-figures.js";
import type { Role } from "./roles.js";
import type { Session } from "./session.js";
import type { Topic } from "./topic.js";

/** Who has a permission in the reference server. */
export interface ServerPermission extends PermissionFacts {
  /** The least of the roles that have it; those above have it too. @default "admin" */
  readonly from?: Role;
  /** An API key can be given it. @default false */
  readonly isScope?: boolean;
}

/** Work that each process does again and again while it runs; what is to be done once for all of them is a {@link ScheduledJob}. */
export interface Job {
  readonly name: string;
  /** Roles of processes that do it. */
  readonly roles: readonly ServerRole[];
  /** How long it rests between two turns. A turn that fails is logged, and the next one comes in its time. */
  readonly everyMs: number;
  /** One turn. @returns figures for the log; undefined: nothing is to be told */
  run(context: ServerContext, signal: AbortSignal): Promise<Readonly<Record<string, number>> | undefined>;
}

/** Work at its times, once for the installation whatever the processes, with a history. */
export interface ScheduledJob extends Omit<JobInput, "run" | "name" | "title"> {
  readonly name: string;
  /** For people, Chinese first. */
  readonly title: string;
  /** Roles of processes that run it. @default ["all", "scheduler"] */
  readonly roles?: readonly ServerRole[];
  /** One attempt. */
  run(context: ServerContext, turn: JobTurn): Promise<JobFigures | undefined>;
}

/** A module with what the reference server asks beyond its routes. */
export interface ServerModule<C extends HttpContext = ServerContext, S extends Caller = Session> extends Module<C, S> {
  readonly permissions?: Readonly<Record<string, ServerPermission>>;
  /** Tables of its own. */
  readonly migrations?: MigrationSet;
  /** Those of its tables whose rows go with a tenant that is moved to another database. */
  readonly tenantTables?: readonly MovedTable[];
  /** Rows about people in its tables: what an export of a person shows of them, and what an erasure takes away. */
  readonly personData?: PersonData<SqlStores>;
  readonly jobs?: readonly (Job | ScheduledJob)[];
  /** What it obeys and what changes while the server runs. */
  readonly configuration?: readonly ConfigKey[];
  /** Environment variables of its own; part of the server's environment. */
  readonly config?: Readonly<Record<string, z.ZodType>>;
  /** What `/api/stream` tells of it, by the name before the colon. */
  readonly topics?: Readonly<Record<string, Topic<C, S>>>;
  /** Its part of the command line, loaded when one is used. */
  readonly commands?: () => Promise<{ readonly commands: readonly AddCommand[] }>;
  /** What `doctor` looks at for it, loaded when it does. */
  readonly checks?: () => Promise<{ readonly checks: readonly LookAt[] }>;
  /** Figures that it keeps and that `doctor --deep` counts anew, loaded when it does. */
  readonly figures?: () => Promise<{ readonly figures: readonly KeptFigures[] }>;
}

/** Declares a module of the server. */
export function serverModule<const M extends ServerModule>(module: M): M {
  return module;
}

/** Declares a module that works in every host as well. */
export function portableModule<const M extends ServerModule<HttpContext, Caller>>(module: M): M {
  return module;
}

/** A route of the server. */
export type ServerRoute = Route<ServerContext, Session>;

/** Declares a route that needs the server around it. */
export const serverRoute = routesIn<ServerContext, Session>();

/** Rows about people of modules, in the order of the modules. */
export function personDataOf(modules: readonly Pick<ServerModule, "personData">[]): readonly PersonData<SqlStores>[] {
  return modules.flatMap(({ personData }) => (personData ? [personData] : []));
}

/** Migration sets of modules, in the order of the modules. */
export function migrationsOf(modules: readonly Pick<ServerModule, "migrations">[]): readonly MigrationSet[] {
  return modules.flatMap(({ migrations }) => (migrations ? [migrations] : []));
}
