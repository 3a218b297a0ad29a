// What our packages weigh, beside libraries that embedders know: tarball, files, bundle of the usual import, time of that import.
// The others are installed from npm into a temporary folder.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "../scripts/build.mjs";
import { bundledBytes } from "../scripts/packages/bundle-size.mjs";
import { pack, publicPackages } from "../scripts/packages/pack.mjs";

const IMPORTS = 15;
/** The usual import of each package; `ours` are packed from here. */
const PACKAGES = [
  { name: "@recallkit/core", imported: "createRecallKit", ours: true },
  { name: "@recallkit/http", imported: "recallkitApp", ours: true },
  { name: "kysely", version: "0.29.9", imported: "Kysely" },
  { name: "hono", version: "4.13.19", imported: "Hono" },
  { name: "bullmq", version: "6.7.0", imported: "Queue" },
  { name: "pg-boss", version: "12.38.0", imported: "PgBoss" },
];

export async function measure() {
  const folder = mkdtempSync(join(tmpdir(), "recallkit-bench-"));
  try {
    /** @type {Record<string, number>} */
    const figures = {};
    await build({ types: true });
    const archives = await archivesIn(folder);
    const project = join(folder, "project");
    mkdirSync(project);
    writeFileSync(join(project, "package.json"), JSON.stringify({ type: "module", private: true }));
    npm(["install", "--no-audit", "--no-fund", "--ignore-scripts", ...archives.values()], project);
    for (const { name, imported } of PACKAGES) {
      const archive = archives.get(name) ?? "";
      const code = `import { ${imported} } from "${name}"; console.log(typeof ${imported});`;
      figures[`kB, tarball of ${name}`] = kilo(statSync(archive).size);
      figures[`kB, files of ${name}`] = kilo(bytesBelow(join(project, "node_modules", name)));
      figures[`kB, bundle of ${name} with what it needs, gzip`] = kilo(await bundledBytes(code, project));
      figures[`ms, import of ${name}`] = importMs(code, project);
    }
    return figures;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Tarballs of all packages, by name; those of ours that the packages need are among them. @param {string} folder */
async function archivesIn(folder) {
  /** @type {Map<string, string>} */
  const archives = new Map();
  for (const item of publicPackages().filter(({ name }) => PACKAGES.some((one) => one.ours && one.name === name)))
    archives.set(item.name, (await pack(item, join(folder, item.name))).archive);
  for (const { name, version, ours } of PACKAGES) {
    if (ours) continue;
    const [{ filename }] = JSON.parse(npm(["pack", `${name}@${version}`, "--json"], folder));
    archives.set(name, join(folder, filename));
  }
  return archives;
}

/** @param {string[]} args @param {string} cwd */
function npm(args, cwd) {
  return execFileSync("npm", args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
}

/** The least of several processes' times for one import, without the start of Node. @param {string} code @param {string} cwd */
function importMs(code, cwd) {
  const name = /"(.*)"/.exec(code)?.[1];
  const program = `const before = performance.now(); await import("${name}"); console.log(performance.now() - before);`;
  const times = Array.from({ length: IMPORTS }, () =>
    Number(execFileSync(process.execPath, ["--input-type=module", "-e", program], { cwd, encoding: "utf8" })),
  );
  return Math.round(Math.min(...times));
}

/** @param {string} folder @returns {number} */
function bytesBelow(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.slice(folder.length).includes("node_modules"))
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}

/** @param {number} bytes */
function kilo(bytes) {
  return Math.round(bytes / 100) / 10;
}
