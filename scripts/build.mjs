// Builds the packages whose sources changed since their last build: `node scripts/build.mjs [--types]`.
// Without --types only JavaScript, which is all that running needs. Prints to stderr.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { withLock } from "./lock.mjs";
import { run } from "./run.mjs";
import { filesBelow, hashOf, root, workspacePackages } from "./workspace.mjs";

/** @typedef {import("./workspace.mjs").WorkspacePackage} WorkspacePackage */

const SHARED_CONFIG = ["pnpm-lock.yaml", "tsconfig.base.json", "tsup.base.ts"];

/** What builds a package: Vite the pages of a browser, tsup everything else. @param {WorkspacePackage} item */
const isConsole = ({ folder }) => existsSync(join(root, folder, "vite.config.ts"));

/** @param {WorkspacePackage} item */
function sourceHash(item) {
  const { folder } = item;
  const folders = isConsole(item) ? ["src", "locales"] : ["src"];
  const sources = folders
    .flatMap((name) => filesBelow(`${folder}/${name}`))
    .filter((path) => !/\.test(-d)?\.ts$/.test(path) && !path.endsWith(".d.ts"));
  const names = [
    "package.json",
    "tsconfig.json",
    "tsup.config.ts",
    "vite.config.ts",
    "third-party-notices.ts",
    "index.html",
  ];
  return hashOf([...SHARED_CONFIG, ...names.map((name) => `${folder}/${name}`), ...sources]);
}

/** Where a package is built to. @param {WorkspacePackage} item */
const builtIn = (item) => join(root, item.folder, isConsole(item) ? "../dist/web" : "dist");

/**
 * Declarations also depend on the siblings' types; JavaScript does not, siblings are imported at run time.
 *
 * @param {WorkspacePackage} item
 * @param {WorkspacePackage[]} all
 * @returns {string}
 */
function typesHash(item, all) {
  const siblings = all.filter(({ name }) => item.siblings.includes(name));
  return [sourceHash(item), ...siblings.map((sibling) => typesHash(sibling, all))].join(" ");
}

/** @param {WorkspacePackage} item */
const stampFile = ({ folder }) => join(root, ".cache", "build", `${folder.replaceAll("/", "-")}.json`);

/**
 * @param {boolean} wantsTypes
 * @returns {{ item: WorkspacePackage, withTypes: boolean, stamp: { js: string, types?: string } }[]}
 */
function staleBuilds(wantsTypes) {
  const all = workspacePackages().filter(
    (item) => isConsole(item) || existsSync(join(root, item.folder, "tsup.config.ts")),
  );
  return all.flatMap((item) => {
    const withTypes = wantsTypes && item.hasTypes;
    const stamp = { js: sourceHash(item), ...(withTypes && { types: typesHash(item, all) }) };
    const file = stampFile(item);
    const built = existsSync(file) && JSON.parse(readFileSync(file, "utf8"));
    const isFresh = existsSync(builtIn(item)) && built?.js === stamp.js && (!withTypes || built.types === stamp.types);
    return isFresh ? [] : [{ item, withTypes, stamp }];
  });
}

/** @param {ReturnType<typeof staleBuilds>[number]} stale */
async function builds({ item, withTypes, stamp }) {
  process.stderr.write(`Building ${item.name} …\n`);
  const options = { cwd: join(root, item.folder) };
  const code = isConsole(item)
    ? await run("vite", ["build", "--logLevel", "warn"], options)
    : await run("tsup", withTypes ? [] : ["--no-dts"], options);
  if (code !== 0) return false;
  mkdirSync(dirname(stampFile(item)), { recursive: true });
  writeFileSync(stampFile(item), JSON.stringify(stamp));
  return true;
}

/**
 * @param {{ types?: boolean }} [options] `types`: declarations as well, as for publishing
 * @throws {Error} naming the packages that do not build
 */
export async function build({ types = false } = {}) {
  if (staleBuilds(types).length === 0) return;
  await withLock(async () => {
    const waiting = staleBuilds(types);
    /** @type {string[]} */
    const failed = [];
    // As many at once as there are cores: a build with types takes a gigabyte, and no build reads what another one
    // writes, since types of siblings are taken from their sources.
    const lane = async () => {
      for (let next = waiting.shift(); next; next = waiting.shift())
        if (!(await builds(next))) failed.push(next.item.name);
    };
    await Promise.all(Array.from({ length: availableParallelism() }, lane));
    if (failed.length > 0) throw new Error(`Does not build: ${failed.join(", ")}.`);
  });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  await build({ types: process.argv.includes("--types") });
}
