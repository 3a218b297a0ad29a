// `npm run docs:api`: the API reference in docs/api, one page per public path of a package, made from the doc comments.
// `--check` writes nothing and ends with 1 if a page is not current. Either way an exported name without a doc comment is told.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Application, ReflectionKind } from "typedoc";
import { FILES_URL } from "./packages/project.mjs";
import { filesBelow, root, workspacePackages } from "./workspace.mjs";

const REFERENCE = "docs/api";
/** What a reader finds by its own name; members stand in their comments, and are told by their types. */
const MUST_BE_DOCUMENTED = ReflectionKind.Function | ReflectionKind.Class | ReflectionKind.Interface;

/** Sources of the public paths of the packages, as `packages/core/src/memory/index.ts`. */
function entryPoints() {
  const libraries = workspacePackages().filter(({ folder, isPrivate }) => folder.startsWith("packages/") && !isPrivate);
  return libraries.flatMap(({ folder }) => {
    const { exports } = JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"));
    return Object.values(exports).flatMap((target) =>
      target.default ? [join(folder, target.default.replace("./dist/", "src/").replace(/\.js$/, ".ts"))] : [],
    );
  });
}

/** @param {string} out absolute folder @returns {Promise<string[]>} exported names without a comment */
async function writeReference(out) {
  const app = await Application.bootstrapWithPlugins({
    entryPoints: entryPoints().map((path) => join(root, path)),
    tsconfig: join(root, "scripts/tsconfig.api.json"),
    skipErrorChecking: true,
    plugin: ["typedoc-plugin-markdown"],
    logLevel: "Error",
    // Nothing else may be written: typedoc empties the folder that it writes to.
    outputs: [{ name: "markdown", path: out }],
    name: "RecallKit",
    readme: "none",
    basePath: root,
    displayBasePath: root,
    disableGit: true,
    sourceLinkTemplate: `${FILES_URL}{path}`,
    excludeInternal: true,
    sort: ["alphabetical"],
    // Options of the Markdown plugin.
    ...{
      outputFileStrategy: "modules",
      hidePageHeader: true,
      hideBreadcrumbs: true,
      useCodeBlocks: true,
      disableSources: true,
    },
  });
  const project = await app.convert();
  if (!project) throw new Error("The sources cannot be read.");
  await app.generateOutputs(project);
  return project
    .getReflectionsByKind(MUST_BE_DOCUMENTED)
    .filter((reflection) => !reflection.parent?.kindOf(ReflectionKind.SomeMember) && !isDocumented(reflection))
    .map((reflection) => reflection.getFullName());
}

/** @param {import("typedoc").Reflection} reflection */
function isDocumented(reflection) {
  const signatures =
    "signatures" in reflection ? /** @type {import("typedoc").Reflection[]} */ (reflection.signatures ?? []) : [];
  return reflection.hasComment() || signatures.some((signature) => signature.hasComment());
}

/** @param {string} folder absolute @returns {Record<string, string>} */
function pagesOf(folder) {
  return Object.fromEntries(filesBelow(".", folder).map((path) => [path, readFileSync(join(folder, path), "utf8")]));
}

const isCheck = process.argv.includes("--check");
const out = isCheck ? mkdtempSync(join(tmpdir(), "recallkit-api-")) : join(root, REFERENCE);
const undocumented = await writeReference(out);
for (const name of undocumented) process.stdout.write(`${name} has no doc comment\n`);
if (isCheck) {
  const isCurrent = JSON.stringify(pagesOf(out)) === JSON.stringify(pagesOf(join(root, REFERENCE)));
  rmSync(out, { recursive: true });
  if (!isCurrent) process.stdout.write(`${REFERENCE} is not current; npm run docs:api\n`);
  process.exitCode = isCurrent && undocumented.length === 0 ? 0 : 1;
} else {
  process.stdout.write(`${readdirSync(out).length} entries in ${REFERENCE}\n`);
  process.exitCode = undocumented.length === 0 ? 0 : 1;
}
