// What installing and importing a package costs, ours beside others that a backend installs: tarball, bundle, and the
// time of an import in a fresh process. Measured in one folder, one process after the other in turn.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "../scripts/build.mjs";
import { bundleSize } from "../scripts/packages/bundle-size.mjs";
import { pack, publicPackages } from "../scripts/packages/pack.mjs";
import { root } from "../scripts/workspace.mjs";

/** Packages of npm that do neighbouring work, at a fixed version. */
const OTHERS = ["kysely@0.29.9", "hono@4.13.19", "bullmq@6.7.0", "pg-boss@12.38.0"];
const ROUNDS = 15;
/** Left outside by every bundle: what is loaded natively or by name. */
const EXTERNAL = ["undici", "libsql", "pg", "mysql2", "redis", "ioredis", "pg-native", "cpu-features"];

export async function measure() {
  await build({ types: true });
  const folder = mkdtempSync(join(tmpdir(), "recallkit-bench-"));
  try {
    const ours = [];
    for (const item of publicPackages()) ours.push(await pack(item, join(folder, "packed", item.folder)));
    const project = join(folder, "project");
    mkdirSync(project);
    // Without what npm tells the script that it runs, which is about this workspace.
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(npm|pnpm)_/i.test(name)));
    const npm = (/** @type {string[]} */ ...args) => execFileSync("npm", args, { cwd: project, env, encoding: "utf8" });
    npm("init", "-y");
    npm(
      "install",
      "--no-audit",
      "--no-fund",
      ...ours.map(({ archive }) => archive),
      ...OTHERS,
      "undici@7.30.2",
      "libsql",
    );
    const others = OTHERS.map((spec) => ({
      name: spec.replace(/@[^@]+$/, ""),
      bytes: JSON.parse(npm("pack", spec, "--dry-run", "--json"))[0].size,
    }));
    // Those that are imported by their own name: others have sub-paths only, or are a command.
    const libraries = [...ours.filter(({ folder }) => isImportable(folder)), ...others];
    /** @type {Record<string, number>} */
    const figures = {};
    for (const { name, bytes } of [...ours, ...others]) figures[`${name}: tarball, kB`] = kilo(bytes);
    for (const { name } of libraries) {
      const code = `import * as all from ${JSON.stringify(name)}; console.log(all);`;
      figures[`${name}: bundle of all its names, kB gzipped`] = kilo((await bundleSize(code, project, EXTERNAL)).inAll);
    }
    const kit = 'import { createRecallKit } from "@recallkit/core"; console.log(createRecallKit);';
    const { atStart, inAll } = await bundleSize(kit, project, EXTERNAL);
    figures["@recallkit/core: bundle of createRecallKit, loaded at the start, kB gzipped"] = kilo(atStart);
    figures["@recallkit/core: bundle of createRecallKit, in all, kB gzipped"] = kilo(inAll);
    const times = importTimes(["", ...libraries.map(({ name }) => name)], project);
    const empty = times[""] ?? 0;
    for (const { name } of libraries)
      figures[`${name}: import, ms beyond an empty module`] = Math.round(((times[name] ?? 0) - empty) * 10) / 10;
    figures["installed with everything it needs, MB"] = Math.round(bytesBelow(join(project, "node_modules")) / 1e6);
    return figures;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @param {string} folder */
const isImportable = (folder) => JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8")).exports?.["."];

/** @param {number} bytes */
const kilo = (bytes) => Math.round(bytes / 100) / 10;

/**
 * Median of the time of a whole process that imports one name.
 *
 * @param {string[]} names "" imports nothing
 * @param {string} project
 */
function importTimes(names, project) {
  /** @type {Record<string, number[]>} */
  const all = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round < ROUNDS; round++)
    for (const name of names) {
      const code = name ? `import ${JSON.stringify(name)};` : "0;";
      const startedAt = performance.now();
      execFileSync(process.execPath, ["--input-type=module", "-e", code], { cwd: project });
      all[name]?.push(performance.now() - startedAt);
    }
  return Object.fromEntries(Object.entries(all).map(([name, times]) => [name, median(times)]));
}

/** @param {number[]} times */
const median = (times) => times.sort((a, b) => a - b)[times.length >> 1] ?? 0;

/** @param {string} folder @returns {number} */
function bytesBelow(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}
