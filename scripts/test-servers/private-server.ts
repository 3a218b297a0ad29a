// What private servers have in common: a temporary folder, a free port, an unprivileged user when we are root, an end.
import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";

/** A server that only its owner knows. */
export interface PrivateServer {
  readonly url: string;
  /** Ends it as an operator would, or at once as a power cut would, and starts it again on the same data and port. */
  restart(manner?: "orderly" | "killed"): Promise<void>;
  /** Ends it and leaves nothing behind. */
  stop(): Promise<void>;
}

/** How a server is started. */
export interface ServerPlan {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly port: number;
  readonly folder: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What ends it in good order. */
  readonly endSignal: NodeJS.Signals;
  readonly url: string;
  /** Whether it serves, once it takes connections. @default it does */
  readonly isReady?: () => boolean;
}

const START_LIMIT_MS = 60_000;
const STOP_LIMIT_MS = 15_000;

/** A new folder that the server's user owns. */
export function newFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `recallkit-${name}-`));
  const owner = unprivileged();
  if (owner) chownSync(folder, owner.uid, owner.gid);
  return folder;
}

/** Runs a command to its end as the server's user. */
export function runOnce(command: string, args: readonly string[]): void {
  execFileSync(command, [...args], { stdio: "ignore", ...unprivileged() });
}

/** Whether a command ends well. */
export function endsWell(command: string, args: readonly string[]): boolean {
  return spawnSync(command, [...args], { stdio: "ignore" }).status === 0;
}

/** Starts a server and waits until it takes connections. */
export async function start(plan: ServerPlan): Promise<PrivateServer> {
  let server = await launch(plan);
  // Whatever ends this process, nothing is left running.
  const kill = () => killAll(server);
  process.once("exit", kill);
  return {
    url: plan.url,
    async restart(manner = "orderly") {
      await end(server, manner === "killed" ? "SIGKILL" : plan.endSignal);
      server = await launch(plan);
    },
    async stop() {
      await end(server, plan.endSignal);
      process.off("exit", kill);
      rmSync(plan.folder, { recursive: true, force: true });
    },
  };
}

/** A server whose port somebody else's connection has for a moment ends at once: it is started again while there is time. */
async function launch(plan: ServerPlan): Promise<ChildProcess> {
  for (const until = Date.now() + START_LIMIT_MS; Date.now() < until; await wait(30)) {
    const server = await launchOnce(plan, until);
    if (server) return server;
  }
  throw new Error(`${plan.name} did not start`);
}

async function launchOnce(
  { command, args, port, folder, env, isReady = () => true }: ServerPlan,
  until: number,
): Promise<ChildProcess | undefined> {
  const server = spawn(command, [...args], {
    stdio: "ignore",
    // A group of its own, so that a server of several processes ends as one.
    detached: true,
    cwd: folder,
    env: { ...process.env, HOME: folder, ...env },
    ...unprivileged(),
  });
  server.unref();
  for (; Date.now() < until; await wait(30)) {
    if (server.exitCode !== null || server.signalCode !== null) break;
    if ((await canConnect(port)) && isReady()) return server;
  }
  killAll(server);
  return undefined;
}

async function end(server: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => server.once("exit", () => resolve()));
  if (signal === "SIGKILL") killAll(server);
  else server.kill(signal);
  await Promise.race([ended, wait(STOP_LIMIT_MS, undefined, { ref: false })]);
  killAll(server);
  await ended;
}

function killAll(server: ChildProcess): void {
  try {
    if (server.pid !== undefined) process.kill(-server.pid, "SIGKILL");
  } catch {
    // It has ended.
  }
}

/** The folder that holds all of these programs: one of those given, or one of the PATH. */
export function folderOf(programs: readonly string[], places: readonly string[] = []): string | undefined {
  const folders = [...places, ...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/usr/local/sbin"];
  return folders.find((folder) => programs.every((name) => existsSync(join(folder, name))));
}

/** Folders below one, the highest number first. */
export function versionsIn(folder: string): readonly string[] {
  const names = existsSync(folder) ? readdirSync(folder) : [];
  return names.sort((a, b) => Number(b) - Number(a)).map((name) => join(folder, name));
}

/** Database servers refuse to run as root. */
export function unprivileged(): { readonly uid: number; readonly gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const idOf = (flag: string) => Number(execFileSync("id", [flag, "nobody"], { encoding: "utf8" }));
  return { uid: idOf("-u"), gid: idOf("-g") };
}

function canConnect(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => {
      socket.destroy();
      resolve(true);
    });
    socket.on("error", () => resolve(false));
  });
}
