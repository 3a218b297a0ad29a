// The guide to production, typed in as it stands, in both languages: one shell, one block after the other.
// FRESH_CLONE=on: in a clone of this checkout, whose first `npm start` installs and builds.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, expect, onTestFinished, test } from "vitest";
import { build } from "../build.mjs";
import { blocksOf } from "../docs/code-blocks.ts";
import { freePort } from "../test-servers/free-port.ts";
import { root } from "../workspace.mjs";

const IS_FRESH = process.env.FRESH_CLONE === "on";
const DIST = "examples/reference-server/dist";

/**
 * What the shell of the guide has beside the system's: failures of curl count, a server that is started goes on behind the
 * next lines, and comments that say so restart it.
 */
function prelude(checkout: string): string {
  const server = IS_FRESH
    ? `(cd ${checkout} && exec npm start -- "$@")`
    : `node ${join(checkout, DIST, "main.js")} "$@"`;
  return `set -euo pipefail
curl() { command curl --silent --show-error --fail-with-body "$@"; echo; }
started=0
start() {
  started=$((started + 1))
  ${server} > server-$started.log 2>&1 &
  pid=$!
  for _ in $(seq 1 3000); do
    grep -q 'ready: http' server-$started.log && return
    kill -0 $pid 2>/dev/null || { cat server-$started.log; return 1; }
    sleep 0.1
  done
  return 1
}
stop() { pkill -TERM -P $pid 2>/dev/null || true; kill -TERM $pid 2>/dev/null || true; wait $pid || true; }
npm() { [ "$1" = start ] && start; }
recallkit() {
  if [ "$1" = serve ]; then stop; shift; start "$@"; else node ${join(checkout, DIST, "cli.js")} "$@"; fi
}
trap stop EXIT
`;
}

beforeAll(() => build(), 300_000);

// The Chinese page has the same commands, which another test holds it to.
const PAGES = ["docs/guides/run-in-production.md", ...(IS_FRESH ? ["docs/guides/run-in-production.zh-CN.md"] : [])];

test.each(PAGES)("%s", { timeout: IS_FRESH ? 400_000 : 90_000 }, async (page) => {
  const folder = mkdtempSync(join(tmpdir(), "recallkit-production-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const checkout = IS_FRESH ? join(folder, "clone") : root;
  if (IS_FRESH) expect(await bash(folder, `git clone --quiet ${root} ${checkout}`, {})).toMatchObject({ code: 0 });
  writeFileSync(join(folder, "secret.txt"), "a-secret-of-an-app-0123456789", { mode: 0o600 });
  const port = String(await freePort());
  const blocks = blocksOf(page).filter(({ mark }) => mark?.kind === "run" && mark.value === "production");
  expect(blocks.length).toBeGreaterThan(3);
  const typed = blocks
    .map(({ code }) => code)
    .join("\n")
    .replaceAll("/var/lib/recallkit", join(folder, "data"))
    .replaceAll("http://127.0.0.1:8000", `http://127.0.0.1:${port}`)
    .replace(/^# (restart|重启).*$/gm, "stop; start");
  const { code, output } = await bash(folder, prelude(checkout) + typed, { PORT: port, HOST: "127.0.0.1" });
  expect({ code, output }).toEqual({ code: 0, output });
  expect(output).toContain('"status":"ready"');
  expect(output).not.toContain('"version"');
});

function bash(cwd: string, script: string, environment: Readonly<Record<string, string>>) {
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, ...environment };
  // A group of its own, which ends with it.
  const child = spawn("bash", ["-c", script], { cwd, env, stdio: ["ignore", "pipe", "pipe"], detached: true });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (piece: Buffer) => {
      output += String(piece);
    });
  return new Promise<{ readonly code: number | null; readonly output: string }>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, output }));
  });
}
