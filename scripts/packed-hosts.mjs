// The hosts of examples/embed-http with the packages as they are published: packed, and installed by plain npm in a folder
// outside of the workspace. `node scripts/packed-hosts.mjs` prints the folder.
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "./build.mjs";
import { run } from "./run.mjs";
import { root, workspacePackages } from "./workspace.mjs";

const EXAMPLE = "examples/embed-http";

/**
 * @returns {Promise<string>} the folder, absolute: `dist/hosts/*.js` beside `node_modules`
 * @throws {Error} with what npm or pnpm said
 */
export async function packedHosts() {
  await build({ types: true });
  const folder = mkdtempSync(join(tmpdir(), "recallkit-hosts-"));
  const archives = join(folder, "archives");
  mkdirSync(archives);
  /** @type {Record<string, string>} */
  const dependencies = {};
  for (const { name, folder: home } of workspacePackages().filter(({ isPrivate }) => !isPrivate)) {
    const before = new Set(readdirSync(archives));
    await quiet("pnpm", ["pack", "--pack-destination", archives], join(root, home));
    dependencies[name] = `file:archives/${readdirSync(archives).find((file) => !before.has(file))}`;
  }
  const { devDependencies } = JSON.parse(readFileSync(join(root, EXAMPLE, "package.json"), "utf8"));
  const manifest = {
    private: true,
    type: "module",
    dependencies: { ...dependencies, ...devDependencies },
    // As in pnpm-workspace.yaml: later ones need Node 22.
    overrides: { "light-my-request": "6.6.0" },
  };
  writeFileSync(join(folder, "package.json"), JSON.stringify(manifest));
  await quiet("npm", ["install", "--no-audit", "--no-fund", "--ignore-scripts"], folder);
  cpSync(join(root, EXAMPLE, "dist"), join(folder, "dist"), { recursive: true });
  return folder;
}

/** @param {string} command @param {string[]} args @param {string} cwd */
async function quiet(command, args, cwd) {
  let said = "";
  const code = await run(command, args, { cwd, onOutput: (chunk) => (said += chunk) });
  if (code !== 0) throw new Error(`${command} ${args.join(" ")}: ${said}`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  process.stdout.write(`${await packedHosts()}\n`);
}
