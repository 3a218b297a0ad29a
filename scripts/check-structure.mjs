// Checks what no linter knows: import directions, file sizes, folder names, and where time and chance are read.
// `node scripts/check-structure.mjs [root]` prints `file:line  message` and ends with 1 if anything is wrong.
import { existsSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { ambientProblems } from "./structure/ambient-rules.mjs";
import { importRules } from "./structure/import-rules.mjs";
import { layoutProblems } from "./structure/layout-rules.mjs";
import { readSourceFile } from "./structure/source-file.mjs";
import { filesBelow, root as workspaceRoot } from "./workspace.mjs";

/** @typedef {import("./structure/source-file.mjs").SourceFile} SourceFile */
/** @typedef {import("./structure/source-file.mjs").Problem} Problem */

/**
 * @param {string} [root] absolute
 * @returns {{ fileCount: number, problems: Problem[] }} in the order of the files
 */
export function checkStructure(root = workspaceRoot) {
  const files = ["packages", "examples"]
    .filter((group) => existsSync(join(root, group)))
    .flatMap((group) => readdirSync(join(root, group)).map((name) => `${group}/${name}/src`))
    .flatMap((folder) => filesBelow(folder, root))
    .filter((path) => /\.(ts|mts|mjs|js)$/.test(path))
    .map((path) => readSourceFile(root, path));
  const problems = files.flatMap((file) => [
    ...layoutProblems(file),
    ...importProblems(file),
    ...ambientProblems(file),
  ]);
  return { fileCount: files.length, problems };
}

/** @param {SourceFile} file @returns {Problem[]} */
function importProblems(file) {
  return file.imports.flatMap((item) =>
    importRules.flatMap((rule) => {
      const wrong = rule(file, item);
      return wrong ? [{ path: file.path, line: item.line, message: `"${item.specifier}": ${wrong}` }] : [];
    }),
  );
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const { fileCount, problems } = checkStructure(process.argv[2] && resolve(process.argv[2]));
  for (const { path, line, message } of problems) process.stdout.write(`${path}:${line}  ${message}\n`);
  process.stdout.write(`${fileCount} files, ${problems.length} problems\n`);
  process.exitCode = problems.length === 0 ? 0 : 1;
}
