// A private PostgreSQL for tests: data in a temporary folder, a free port, an unprivileged user when we are root.
import { execFileSync, spawn } from "node:child_process";
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";

/** A server that only its owner knows. */
export interface PrivateServer {
  readonly url: string;
  stop(): Promise<void>;
}

const START_LIMIT_MS = 30_000;
const STOP_LIMIT_MS = 10_000;

/** Starts a server from installed binaries. @returns undefined where there are none */
export async function startPostgres(): Promise<PrivateServer | undefined> {
  const binaries = binaryFolder();
  if (binaries === undefined) return undefined;
  const folder = mkdtempSync(join(tmpdir(), "recallkit-postgres-"));
  const owner = unprivileged();
  if (owner) chownSync(folder, owner.uid, owner.gid);
  const data = join(folder, "data");
  const options = { stdio: "ignore", ...owner } as const;
  execFileSync(
    join(binaries, "initdb"),
    ["-D", data, "-U", "test", "-A", "trust", "-E", "UTF8", "--no-locale", "-N"],
    options,
  );
  const port = await freePort();
  const settings = ["fsync=off", "max_connections=200", "autovacuum=off", `unix_socket_directories=${folder}`];
  const args = ["-D", data, "-h", "127.0.0.1", "-p", String(port), ...settings.flatMap((setting) => ["-c", setting])];
  const server = spawn(join(binaries, "postgres"), args, options);
  const ended = new Promise<void>((resolve) => server.once("exit", () => resolve()));
  // Whatever ends this process, nothing is left running.
  const kill = () => server.kill("SIGKILL");
  process.once("exit", kill);
  await answers(port, () => server.exitCode !== null);
  return {
    url: `postgres://test@127.0.0.1:${port}/postgres`,
    async stop() {
      server.kill("SIGINT");
      await Promise.race([ended, wait(STOP_LIMIT_MS, undefined, { ref: false })]);
      kill();
      process.off("exit", kill);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Where `initdb` and `postgres` are: on the PATH, or where Debian puts them. */
function binaryFolder(): string | undefined {
  const debian = "/usr/lib/postgresql";
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [
    ...versions.map((version) => join(debian, version, "bin")),
    ...(process.env.PATH ?? "").split(delimiter),
  ];
  return folders.find((folder) => ["initdb", "postgres"].every((name) => existsSync(join(folder, name))));
}

/** PostgreSQL refuses to run as root. */
function unprivileged(): { readonly uid: number; readonly gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const idOf = (flag: string) => Number(execFileSync("id", [flag, "nobody"], { encoding: "utf8" }));
  return { uid: idOf("-u"), gid: idOf("-g") };
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(address && typeof address === "object" ? address.port : 0));
    });
  });
}

async function answers(port: number, hasEnded: () => boolean): Promise<void> {
  for (const until = Date.now() + START_LIMIT_MS; Date.now() < until; await wait(50)) {
    if (hasEnded()) break;
    if (await canConnect(port)) return;
  }
  throw new Error("PostgreSQL did not start");
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
