// A built checkout of the version before, for tests that run both: the last release, or, where none is tagged, what stood
// before the schema last changed.
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { run } from "./run.mjs";
import { root } from "./workspace.mjs";

const SCHEMA = "packages/storage-adapters/src/schema/recallkit-migrations.ts";

/** @param {string[]} args @returns {string} what git prints; empty when it fails */
function git(...args) {
  try {
    return execFileSync("git", args, { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  } catch {
    return "";
  }
}

/** @returns {Promise<Record<string, string>>} `RECALLKIT_PREVIOUS`, the folder; empty without the history that it takes */
export async function previousVersion() {
  const release = git("describe", "--tags", "--abbrev=0");
  const change = git("log", "-1", "--first-parent", "--format=%H", "--", SCHEMA);
  const commit = git("rev-parse", "--verify", "--quiet", release ? `${release}^{commit}` : `${change}^1`);
  if (!commit) return {};
  const folder = join(root, ".cache", "previous", commit);
  if (!existsSync(folder)) {
    await succeeds("git", ["clone", "--quiet", root, folder]);
    await succeeds("git", ["-C", folder, "checkout", "--quiet", commit]);
  }
  await succeeds("node", ["scripts/install.mjs"], folder);
  await succeeds("node", ["scripts/build.mjs"], folder);
  return { RECALLKIT_PREVIOUS: folder };
}

/**
 * @param {string} command
 * @param {string[]} args
 * @param {string} [cwd]
 */
async function succeeds(command, args, cwd = root) {
  const code = await run(command, args, { cwd });
  if (code !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${code}`);
}
