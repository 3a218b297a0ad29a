// `npm run test:nodes [-- --only 22]`: `npm start` and `npm test` in a fresh clone of HEAD with empty caches,
// on each Node that we support. Node itself comes from the npm registry.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { nodeFolder, wantedNodes } from "./node-versions.mjs";
import { run } from "./run.mjs";
import { root } from "./workspace.mjs";

const START_LIMIT_MS = 10 * 60_000;
const TEST_LIMIT_MS = 20 * 60_000;
const STOP_LIMIT_MS = 60_000;
/** What the server prints when the push on the sample shop is through. */
const SAMPLE_PUSH_DONE = /sample push finished/i;

/** @returns {Promise<number>} */
function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(address && typeof address === "object" ? address.port : 0));
    });
  });
}

/**
 * Starts npm as the leader of its own process group, so that nothing of it can be left behind.
 *
 * @param {string[]} args @param {string} cwd @param {NodeJS.ProcessEnv} env
 */
function startNpm(args, cwd, env) {
  const child = spawn("npm", args, { cwd, env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
  /** @type {Promise<number | string>} */
  const ended = new Promise((resolve) => child.once("close", (code, signal) => resolve(code ?? signal ?? "lost")));
  const killGroup = () => {
    try {
      if (child.pid) process.kill(-child.pid, "SIGKILL");
    } catch {
      // The group is gone already.
    }
  };
  process.once("exit", killGroup);
  return { child, ended, killGroup, output: () => output };
}

/** @param {Promise<number | string>} ended @param {number} limitMs @returns {Promise<number | string>} */
async function within(ended, limitMs) {
  const timer = new AbortController();
  const timeOut = wait(limitMs, "timed out", { signal: timer.signal }).catch(() => "lost");
  const result = await Promise.race([ended, timeOut]);
  timer.abort();
  return result;
}

/** @param {string} clone @param {NodeJS.ProcessEnv} env */
async function tryStart(clone, env) {
  const port = await freePort();
  const npm = startNpm(["start"], clone, { ...env, PORT: String(port) });
  try {
    let exit = /** @type {number | string | undefined} */ (undefined);
    npm.ended.then((code) => (exit = code));
    const deadline = Date.now() + START_LIMIT_MS;
    while (!((await isHealthy(port)) && SAMPLE_PUSH_DONE.test(npm.output()))) {
      if (exit !== undefined || Date.now() > deadline)
        return failure(`npm start: ${exit ?? "timed out"}`, npm.output());
      await wait(500);
    }
    npm.child.kill("SIGTERM");
    const code = await within(npm.ended, STOP_LIMIT_MS);
    return code === 0 ? "ok" : failure(`npm start after SIGTERM: ${code}`, npm.output());
  } finally {
    npm.killGroup();
  }
}

/** @param {number} port */
async function isHealthy(port) {
  const answer = await fetch(`http://127.0.0.1:${port}/health`).catch(() => undefined);
  return answer?.status === 200;
}

/** @param {string} clone @param {NodeJS.ProcessEnv} env */
async function tryTest(clone, env) {
  const npm = startNpm(["test"], clone, env);
  try {
    const code = await within(npm.ended, TEST_LIMIT_MS);
    const counts = /\d+ passed, \d+ failed, \d+ skipped/.exec(npm.output())?.[0] ?? "no counts";
    return code === 0 ? counts : failure(`npm test: ${code}, ${counts}`, npm.output());
  } finally {
    npm.killGroup();
  }
}

/** @param {string} title @param {string} output */
function failure(title, output) {
  process.stderr.write(`${output.slice(-20_000)}\n`);
  return `FAILED (${title})`;
}

/** @param {string} major */
async function tryNode(major) {
  const startedAt = Date.now();
  const folder = mkdtempSync(join(tmpdir(), `recallkit-node${major}-`));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  process.once("exit", remove);
  try {
    const clone = join(folder, "clone");
    if ((await run("git", ["clone", "--quiet", root, clone])) !== 0) throw new Error("git clone failed");
    const env = {
      ...withoutLifecycle(process.env),
      PATH: [await nodeFolder(major), process.env.PATH].join(delimiter),
      npm_config_cache: join(folder, "npm-cache"),
      npm_config_store_dir: join(folder, "pnpm-store"),
      npm_config_cache_dir: join(folder, "pnpm-cache"),
    };
    const start = await tryStart(clone, env);
    const test = await tryTest(clone, env);
    return { node: major, start, test, seconds: Math.round((Date.now() - startedAt) / 1000) };
  } finally {
    remove();
  }
}

/** What an outer `npm run` says of its own script must not reach the inner one. @param {NodeJS.ProcessEnv} env */
function withoutLifecycle(env) {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !/^(npm_(lifecycle|package)_|INIT_CWD$)/.test(name)),
  );
}

for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(130));
const rows = [];
for (const major of wantedNodes()) {
  process.stderr.write(`Node ${major}: fresh clone, npm start, npm test …\n`);
  rows.push(await tryNode(major));
}
console.table(rows);
process.exitCode = rows.length > 0 && rows.every((row) => row.start === "ok" && !row.test.startsWith("FAILED")) ? 0 : 1;
