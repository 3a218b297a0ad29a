// Where the workspace and its packages are, and a hash that tells whether a group of files has changed.
// Like every script here that runs before the first install, it needs nothing but Node.
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of the checkout. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** The web console stands inside the server that serves it. */
const CONSOLE = "examples/reference-server/web";

/**
 * @typedef {object} WorkspacePackage
 * @property {string} folder relative to the root, as `packages/core`
 * @property {string} name npm name
 * @property {string[]} siblings names of the workspace packages that it needs at run time
 * @property {boolean} hasTypes whether it publishes declarations
 * @property {boolean} isPrivate
 */

/** @returns {WorkspacePackage[]} every package and example that has a manifest */
export function workspacePackages() {
  const folders = ["packages", "examples"].flatMap((group) =>
    readdirSync(join(root, group)).map((name) => `${group}/${name}`),
  );
  return [...folders, CONSOLE]
    .filter((folder) => existsSync(join(root, folder, "package.json")))
    .map((folder) => {
      const manifest = JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"));
      const dependencies = Object.entries(manifest.dependencies ?? {});
      return {
        folder,
        name: manifest.name,
        siblings: dependencies.filter(([, version]) => String(version).startsWith("workspace:")).map(([name]) => name),
        hasTypes: JSON.stringify(manifest.exports ?? {}).includes('"types"'),
        isPrivate: manifest.private === true,
      };
    });
}

/**
 * Every file below a folder, sorted; build results and installed packages are left out.
 *
 * @param {string} folder relative to `base`
 * @param {string} [base] absolute; the checkout by default
 * @returns {string[]} paths relative to `base`, with `/`
 */
export function filesBelow(folder, base = root) {
  if (!existsSync(join(base, folder))) return [];
  return readdirSync(join(base, folder), { withFileTypes: true })
    .filter(({ name }) => name !== "node_modules" && name !== "dist")
    .flatMap((entry) => {
      const path = `${folder}/${entry.name}`;
      return entry.isDirectory() ? filesBelow(path, base) : [path];
    })
    .sort();
}

/**
 * @param {string[]} paths relative to the root; a missing file counts as such
 * @param {string[]} [salt] other text that the result depends on
 * @returns {string} SHA-256 over names and contents
 */
export function hashOf(paths, salt = []) {
  const hash = createHash("sha256").update(JSON.stringify(salt));
  for (const path of paths) {
    const file = join(root, path);
    const exists = existsSync(file) && statSync(file).isFile();
    hash.update(`\0${path}\0`).update(exists ? readFileSync(file) : "missing");
  }
  return hash.digest("hex");
}
