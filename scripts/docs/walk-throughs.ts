// Runs the shell blocks of a page that are marked `run: server` or `run: cli`, all of a page in one shell.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { freePort } from "../test-servers/free-port.ts";
import { root } from "../workspace.mjs";
import type { CodeBlock } from "./code-blocks.ts";

const SERVER = join(root, "examples/reference-server/dist/main.js");
const COMMAND_LINE = join(root, "examples/reference-server/dist/cli.js");
const WECOM_SIMULATOR = join(root, "packages/wecom/dist/simulator/bin.js");
const SAMPLE_PUSH_DONE = /sample push finished/i;

/** What the guides' shell has beside the system's: failures of curl count, and `recallkit` and the simulator are those just built. */
const PRELUDE = `
set -euo pipefail
curl() { command curl --fail-with-body "$@"; }
recallkit() { node ${COMMAND_LINE} "$@"; }
npm() { shift 4; recallkit "$@"; }
npx() { shift 3; exec node ${WECOM_SIMULATOR} "$@"; }
`;

/** Files that the guides speak of. */
const FILES = {
  "customers.csv": "customer_key,external_userid,city\nmimi,wm-mimi,上海\n",
  "orders.csv.gz": gzipSync("order_no,customer_key,ordered_at,amount,status\n1,mimi,2026-02-10 20:00,99,paid\n"),
  "secret.txt": "a-secret-of-an-app-0123456789",
};

/** What a walk printed, standard error included, and its exit code. */
export interface Walk {
  readonly exitCode: number | null;
  readonly output: string;
}

/** Runs blocks after one another against a fresh server, or with the command line on a fresh database. */
export async function walk(blocks: readonly CodeBlock[], by: "server" | "cli"): Promise<Walk> {
  const folder = mkdtempSync(join(tmpdir(), "recallkit-walk-"));
  for (const [name, content] of Object.entries(FILES)) writeFileSync(join(folder, name), content, { mode: 0o600 });
  const environment = { PATH: process.env.PATH, HOME: folder, DATA_DIR: join(folder, "data") };
  const secrets = by === "cli" ? { SECRET_KEY: "for-this-walk-only-0123456789abcdefghij" } : {};
  const script = blocks.map(({ code }) => code).join("\n");
  const server = by === "server" ? await startServer(folder, environment) : undefined;
  try {
    const known = server
      ? script
          .replaceAll("http://127.0.0.1:8000", server.url)
          .replaceAll("http://127.0.0.1:9000/", server.inboxUrl)
          .replace("…", server.password)
      : script.replaceAll("8089", String(await freePort()));
    return await ended(spawnAt(folder, { ...environment, ...secrets }, "bash", ["-c", PRELUDE + known]));
  } finally {
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function startServer(folder: string, environment: NodeJS.ProcessEnv) {
  const port = await freePort();
  // Guides are walked at any hour.
  const own = { ...environment, PORT: String(port), QUIET_HOURS: "off" };
  const child = spawnAt(folder, own, process.execPath, [SERVER]);
  const end = ended(child);
  let output = "";
  await new Promise<void>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk: Buffer) => {
        output += chunk.toString("utf8");
        if (SAMPLE_PUSH_DONE.test(output)) resolve();
      });
    void end.then(() => reject(new Error(`the server ended: ${output}`)));
  });
  const login = join(folder, "data", "login.txt");
  const [, password = ""] = existsSync(login) ? (/password:? *(\S+)/i.exec(readFileSync(login, "utf8")) ?? []) : [];
  const stop = async () => {
    child.kill("SIGTERM");
    await end;
  };
  const [, inboxUrl = ""] = /SMS inbox \(simulator\): (\S+)/.exec(output) ?? [];
  return { url: `http://127.0.0.1:${port}`, inboxUrl, password, stop };
}

function spawnAt(cwd: string, env: NodeJS.ProcessEnv, command: string, args: readonly string[]) {
  return spawn(command, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
}

function ended(child: ReturnType<typeof spawnAt>): Promise<Walk> {
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => {
      output += chunk.toString("utf8");
    });
  }
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (exitCode) => resolve({ exitCode, output }));
  });
}
