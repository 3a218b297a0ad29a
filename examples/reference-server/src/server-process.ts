import { parseArgs } from "node:util";
import { ConfigError, RecallKitError } from "@recallkit/core";
import type { Environment } from "./config/environment.js";
import { readConfig } from "./config.js";
import type { ServerRole } from "./frame/context.js";
import { jsonLogger } from "./logger.js";
import { type RunningServer, startServer } from "./server.js";

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

/**
 * Makes this process a server until SIGTERM or SIGINT: then it stops taking work, waits for open calls for at most 25 s and
 * exits with 0. A second signal exits at once; a failure is told on standard error and exits with 1, a setting that is not usable with 2.
 */
export async function runServerProcess(args: readonly string[], environment: Environment = process.env): Promise<void> {
  let server: RunningServer | undefined;
  let isStopping = false;
  const stop = () => {
    if (isStopping) process.exit(1);
    isStopping = true;
    // Before the server is up there is nothing to finish: its start is cut short.
    if (!server) process.exit(0);
    server.stop().then(
      () => process.exit(0),
      (error: unknown) => fail(error),
    );
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
  process.on("uncaughtException", fail);
  process.on("unhandledRejection", fail);
  try {
    const { role, reconcilesFirst } = serverArguments(args);
    server = await startServer({ config: readConfig(environment, role), role, reconcilesFirst });
  } catch (error) {
    tell(error);
    // As commands do: 2 for what is to be set right in the environment, 1 for everything else.
    process.exit(ConfigError.is(error) ? 2 : 1);
  }
  server.work.catch(fail);
}

/** What went wrong before the server was up, for people. */
function tell(error: unknown): void {
  if (!RecallKitError.is(error)) fail(error);
  const hint = error.hint === undefined ? "" : `\n  ${error.hint}`;
  process.stderr.write(`recallkit: ${error.code}: ${error.message}${hint}\n`);
}

function fail(error: unknown): never {
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  jsonLogger("error").error("process.failed", { error: message, stack });
  process.exit(1);
}
