import type { Random, RecallKit } from "@recallkit/core";
import type { AsyncScope, HttpTransport, KeyRing, WorkQueue } from "@recallkit/core/ports";
import type { HttpContext, TraceContext } from "@recallkit/http";
import type { Scheduler } from "@recallkit/scheduler";
import type { XxlJobExecutor } from "@recallkit/scheduler/xxl-job";
import type { SqlStores } from "@recallkit/storage-adapters/sqlite";
import type { ServerConfig } from "../config.js";
import type { Concurrency } from "../modules/concurrency/service.js";
import type { ConfigValues, RunningConfig } from "../modules/configuration/service.js";
import type { Metrics } from "../modules/metrics/metrics.js";
import type { FindSmsAccount } from "../sms/sms-accounts.js";
import type { FindWecomAccount, FindWecomClient } from "../wecom/wecom-clients.js";
import type { ServerErrorCode } from "./error-codes.js";
import type { RoleBook } from "./roles.js";
import type { ServerModule } from "./server-module.js";

declare module "@recallkit/core" {
  interface ErrorCodes {
    readonly server: ServerErrorCode;
  }
}

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
export interface ServerContext extends HttpContext {
  readonly version: string;
  readonly role: ServerRole;
  readonly config: ServerConfig;
  readonly kit: RecallKit<SqlStores>;
  readonly stores: SqlStores;
  readonly random: Random;
  /** Keys derived from SECRET_KEY. */
  readonly keys: KeyRing;
  /** What a password hash costs: N = 2^`costBits`, r, p of scrypt. */
  readonly passwordCost: { readonly costBits: number; readonly blockSize: number; readonly parallelism: number };
  /** The WeCom account that a tenant's messages go out with; undefined: none is configured. */
  readonly wecomAccount: FindWecomAccount;
  /** What calls WeCom for a tenant; undefined: none is configured. */
  readonly wecomClient: FindWecomClient;
  /** Who sends a tenant's SMS; undefined: nobody is configured. */
  readonly smsAccount: FindSmsAccount;
  /** What the configuration may hold, and how it is kept. */
  readonly configValues: ConfigValues;
  /** The configuration in force. */
  readonly hotConfig: RunningConfig;
  readonly concurrency: Concurrency;
  /** Where work is announced to the processes. */
  readonly queue: WorkQueue;
  readonly metrics: Metrics;
  /** Calls to others by HTTP. */
  readonly transport: HttpTransport;
  /** The jobs of all modules. */
  readonly scheduler: Scheduler;
  /** Undefined: no xxl-job-admin drives them. */
  readonly xxlJob: XxlJobExecutor | undefined;
  readonly lifecycle: Lifecycle;
  /** The trace of the request that is answered, for calls to others. */
  readonly traces: AsyncScope<TraceContext>;
  /** Aborted when a stop is asked for; answers that go on for long end with it. */
  readonly stopping: AbortSignal;
  /** All modules of this process; the documentation and the readiness check read them. */
  readonly modules: readonly ServerModule[];
  /** What roles and API keys may do. */
  readonly roles: RoleBook;
}
