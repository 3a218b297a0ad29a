// Installs the dependencies if they are missing or older than the manifests: `node scripts/install.mjs`.
// Needs only Node and npm; pnpm comes through npx. Prints to stderr.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { withLock } from "./lock.mjs";
import { run } from "./run.mjs";
import { hashOf, root, workspacePackages } from "./workspace.mjs";

const PNPM = "pnpm@10.34.9";
const stamp = join(root, "node_modules", ".recallkit-install");

function wantedHash() {
  const manifests = workspacePackages().map(({ folder }) => `${folder}/package.json`);
  const files = [".npmrc", "package.json", "pnpm-lock.yaml", "pnpm-workspace.yaml", ...manifests];
  // Drivers come as one binary per platform, so a checkout that moved to another machine is stale too.
  return hashOf(files, [process.platform, process.arch]);
}

const isFresh = () => existsSync(stamp) && readFileSync(stamp, "utf8") === wantedHash();

/** @throws {Error} if pnpm fails; its own output says why */
export async function install() {
  if (isFresh()) return;
  await withLock(async () => {
    if (isFresh()) return;
    process.stderr.write("Installing dependencies …\n");
    // With NODE_ENV=production pnpm would leave out what the build needs.
    const { NODE_ENV: _, ...env } = process.env;
    const flags = ["--frozen-lockfile", "--prod=false", "--config.confirmModulesPurge=false"];
    const code = await run("npx", ["--yes", PNPM, "install", ...flags], { env });
    if (code !== 0) throw new Error(`Installing failed: ${PNPM} install ended with code ${code}.`);
    writeFileSync(stamp, wantedHash());
  });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) await install();
