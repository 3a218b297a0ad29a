import { parseArgs } from "node:util";
import { ConfigError, systemClock } from "@recallkit/core";
import type { Environment } from "./config/environment.js";
import { readConfig } from "./config.js";
import type { ServerRole } from "./frame/context.js";
import { jsonLogger } from "./logger.js";
import { type RunningServer, startServer } from "./server.js";
import { startFault } from "./start-fault.js";
import { version } from "./version.js";

const ROLES: readonly ServerRole[] = ["all", "api", "worker", "scheduler"];

/** What a command line of the server asks for. */
export interface ServerArguments {
  /** @default "all" */
  readonly role: ServerRole;
  /** The database was restored from a backup. */
  readonly reconcilesFirst: boolean;
}

const OPTIONS = { role: { type: "string" }, "reconcile-first": { type: "boolean" } } as const;

/**
 * Reads a command line: `--role worker`, `--reconcile-first`.
 *
 * @throws {ConfigError} `config.invalid` for another role or argument, and for an API that would reconcile
 */
export function serverArguments(args: readonly string[]): ServerArguments {
  try {
    const { role = "all", "reconcile-first": reconcilesFirst = false } = parseArgs({
      args: [...args],
      options: OPTIONS,
    }).values;
    const found = ROLES.find((name) => name === role);
    if (found && !(reconcilesFirst && found === "api")) return { role: found, reconcilesFirst };
  } catch {
    // Unknown arguments are answered like a wrong role.
  }
  const expected = `--role must be one of ${ROLES.join(", ")}; --reconcile-first goes with all of them but api`;
  throw new ConfigError("config.invalid", "--role", `the only arguments are --role and --reconcile-first; ${expected}`);
}

/** What a process ends with: 0 after an orderly stop, 1 when it failed, 2 when its configuration is wrong. */
const EXIT = { stopped: 0, failed: 1, misconfigured: 2 } as const;

/**
 * Makes this process a server until SIGTERM or SIGINT: then it stops taking work, waits for open calls for at most 25 s and
 * exits with 0. A second signal exits at once; a failure is told on standard error and exits with 1, or with 2 where the
 * configuration is wrong.
 */
export async function runServerProcess(args: readonly string[], environment: Environment = process.env): Promise<void> {
  let server: RunningServer | undefined;
  let isStopping = false;
  const begun = systemClock.monotonic();
  const stop = (signal: NodeJS.Signals) => {
    if (isStopping) process.exit(EXIT.failed);
    isStopping = true;
    // Before the server is up there is nothing to finish: its start is cut short.
    if (!server) process.exit(EXIT.stopped);
    const { logger } = server.context;
    const asked = systemClock.monotonic();
    logger.info("process.stopping", { signal });
    server.stop().then(
      () => {
        const now = systemClock.monotonic();
        logger.info("process.stopped", { ms: Math.round(now - asked), upMs: Math.round(now - begun) });
        process.exit(EXIT.stopped);
      },
      (error: unknown) => fail(error),
    );
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
  process.on("uncaughtException", fail);
  process.on("unhandledRejection", fail);
  try {
    const { role, reconcilesFirst } = serverArguments(args);
    const config = readConfig(environment, role);
    server = await startServer({ config, role, reconcilesFirst });
    server.context.logger.info("process.started", {
      version,
      role,
      pid: process.pid,
      node: process.versions.node,
      engine: config.database.engine,
      url: server.url,
      ms: Math.round(systemClock.monotonic() - begun),
    });
  } catch (error) {
    process.stderr.write(startFault(error));
    process.exit(ConfigError.is(error) ? EXIT.misconfigured : EXIT.failed);
  }
  server.work.catch(fail);
}

function fail(error: unknown): never {
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  jsonLogger("error").error("process.failed", { error: message, stack });
  process.exit(EXIT.failed);
}
