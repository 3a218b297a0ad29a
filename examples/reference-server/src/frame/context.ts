import type { Clock, Ids, KeyRing, Logger, Random, RecallKit } from "@recallkit/core";
import type { SqlStores } from "@recallkit/storage-adapters/sqlite";
import type { ServerConfig } from "../config.js";
import type { Module } from "./module.js";

/** What a process does: everything, answer requests, send, or plan. */
export type ServerRole = "all" | "api" | "worker" | "scheduler";

/** Where the process stands in its life; written by the server, read by health checks and pages. */
export interface Lifecycle {
  /** A stop was asked for: no new work is taken. */
  isDraining: boolean;
  /** The push of the sample shop; null when this start runs none. */
  samplePush: SamplePushState | null;
}

/** How far the push of the sample shop has come. */
export interface SamplePushState {
  phase: "running" | "finished" | "failed";
  /** Last thing that happened, for people. */
  note: string;
}

/** The server as its modules see it. */
export interface ServerContext {
  readonly version: string;
  readonly role: ServerRole;
  readonly config: ServerConfig;
  readonly kit: RecallKit<SqlStores>;
  readonly stores: SqlStores;
  readonly clock: Clock;
  readonly random: Random;
  readonly ids: Ids;
  readonly logger: Logger;
  /** Keys derived from SECRET_KEY. */
  readonly keys: KeyRing;
  /** What a password hash costs: N = 2^`costBits`, r, p of scrypt. */
  readonly passwordCost: { readonly costBits: number; readonly blockSize: number; readonly parallelism: number };
  readonly lifecycle: Lifecycle;
  /** All modules of this process; the documentation and the readiness check read them. */
  readonly modules: readonly Module[];
}
