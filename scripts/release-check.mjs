// `npm run release:check [-- --only 22]`: packs everything, installs it with plain npm into empty projects on each Node
// that we support, and runs the READMEs there in every form that a host may have. Prints a table; 1 if anything failed.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { build } from "./build.mjs";
import { install } from "./install.mjs";
import { nodeFolder, wantedNodes } from "./node-versions.mjs";
import { pack, publicPackages } from "./packages/pack.mjs";
import { startScopeRegistry } from "./packages/scope-registry.mjs";
import { run } from "./run.mjs";
import { root } from "./workspace.mjs";

const UNDICI_8 = "undici@8.13.1";
/** undici 8 asks for Node 22.19. */
const UNDICI_8_FROM = 22;
/** Where a TypeScript host resolves packages, by the name of the option's value. */
const RESOLUTIONS = { nodenext: "nodenext", bundler: "esnext" };

/** @typedef {{ node: string, form: string, package: string, result: string }} Row */

const versions = JSON.parse(readFileSync(join(root, "package.json"), "utf8")).devDependencies;
const folder = mkdtempSync(join(tmpdir(), "recallkit-release-"));
process.once("exit", () => rmSync(folder, { recursive: true, force: true }));

await install();
// It needs what the installation brings.
const { asModule, asScript, foreignImports, readmePrograms } = await import("./packages/readme-programs.mjs");
await build({ types: true });
/** @type {import("./packages/pack.mjs").Packed[]} */
const packed = [];
for (const item of publicPackages()) packed.push(await pack(item, join(folder, "packed", item.name)));
const archives = packed.map(({ archive }) => archive);
const programs = readmePrograms();

/**
 * A project with everything installed, as `npm init -y` makes it.
 *
 * @param {string} name
 * @param {NodeJS.ProcessEnv} env
 * @param {string[]} beside installed first
 */
async function project(name, env, beside) {
  const home = join(folder, name);
  mkdirSync(home, { recursive: true });
  const first = await told("npm", ["init", "-y"], home, env);
  if (first !== "ok") return { home, result: first };
  const installed = beside.length > 0 ? await told("npm", ["install", ...FLAGS, ...beside], home, env) : "ok";
  return {
    home,
    result: installed === "ok" ? await told("npm", ["install", ...FLAGS, ...archives, "libsql"], home, env) : installed,
  };
}

const FLAGS = ["--no-audit", "--no-fund"];

/**
 * Runs a program; "ok", or what went wrong.
 *
 * @param {string} command @param {string[]} args @param {string} cwd @param {NodeJS.ProcessEnv} env
 * @param {string} [expected] its whole standard output
 */
async function told(command, args, cwd, env, expected) {
  let output = "";
  const code = await run(command, args, { cwd, env, onOutput: (chunk) => (output += chunk), limitMs: LIMIT_MS });
  const isOk = code === 0 && (expected === undefined || printsInOrder(output, expected));
  if (!isOk) process.stderr.write(`\n$ ${command} ${args.join(" ")}\n${output.slice(-4000)}\n`);
  return isOk ? "ok" : `FAILED (${code === 0 ? "prints something else" : code})`;
}

/** A program that has not ended by then does not end. */
const LIMIT_MS = 300_000;

/** Log lines and warnings may stand between the lines of the answer. @param {string} output @param {string} expected */
function printsInOrder(output, expected) {
  let at = 0;
  for (const line of output.split("\n")) if (line === expected.split("\n")[at]) at += 1;
  return at >= expected.trimEnd().split("\n").length;
}

/** @param {string} major @returns {Promise<Row[]>} */
async function check(major) {
  const bin = await nodeFolder(major);
  const env = { ...withoutLifecycle(process.env), PATH: [bin, process.env.PATH].join(delimiter) };
  const node = join(bin, "node");
  /** @type {Row[]} */
  const rows = [];
  /** @param {string} form @param {string} name @param {string} result */
  const add = (form, name, result) => rows.push({ node: major, form, package: name, result });

  const foreign = [...new Set(programs.flatMap(({ code }) => foreignImports(code)))];
  const tools = [`typescript@${versions.typescript}`, `@types/node@${versions["@types/node"]}`, "tsx@4", ...foreign];
  const { home, result } = await project(`node${major}`, env, tools);
  add("npm install", "all", result);
  if (result !== "ok") return rows;

  for (const { page, name, code, output } of programs) {
    const forms = { mts: code, mjs: asModule(code), cjs: asScript(code) };
    for (const [ending, text] of Object.entries(forms)) writeFileSync(join(home, `${name}.${ending}`), text);
    // A server goes on for ever, and some want a file: their types are checked below.
    if (output === undefined) continue;
    add("npx tsx, .mts", page, await told("npx", ["tsx", `${name}.mts`], home, env, output));
    add("import, .mjs", page, await told(node, [`${name}.mjs`], home, env, output));
    add("require, .cjs", page, await told(node, [`${name}.cjs`], home, env, output));
  }
  for (const [moduleResolution, module] of Object.entries(RESOLUTIONS)) {
    const options = ["--noEmit", "--strict", "--skipLibCheck", "--target", "es2022", "--types", "node"];
    const files = programs.map(({ name }) => `${name}.mts`);
    const args = ["tsc", ...options, "--module", module, "--moduleResolution", moduleResolution, ...files];
    add(`tsc, ${moduleResolution}`, "all", await told("npx", args, home, env));
  }
  add("npx recallkit", "recallkit", await told("npx", ["recallkit", "--help"], home, env));
  // As somebody installs it who runs the server and writes no program: on the PATH, and in no project.
  const prefix = join(folder, `global${major}`);
  const scope = await startScopeRegistry(packed);
  const server = packed.find(({ name }) => name === "recallkit")?.archive ?? "";
  const globally = ["install", "--global", "--prefix", prefix, `--@recallkit:registry=${scope.url}`, ...FLAGS, server];
  add("npm install --global", "recallkit", await told("npm", globally, home, env));
  await scope.close();
  const onPath = { ...env, PATH: [join(prefix, "bin"), env.PATH].join(delimiter) };
  add("recallkit on the PATH", "recallkit", await told("recallkit", ["info", "--json"], folder, onPath));
  if (Number(major) >= UNDICI_8_FROM) {
    const host = await project(`node${major}-undici8`, env, [UNDICI_8]);
    add("npm install beside undici 8", "all", host.result);
    const quickStart = programs[0];
    writeFileSync(join(host.home, "quick-start.mjs"), asModule(quickStart?.code ?? ""));
    add(
      "import beside undici 8",
      "README.md",
      await told(node, ["quick-start.mjs"], host.home, env, quickStart?.output),
    );
    const other = { ...env, RECALLKIT_UNDICI: join(host.home, "node_modules/undici") };
    const transport = [join(root, "node_modules/vitest/vitest.mjs"), "run", "packages/core/src/http"];
    add("the transport's tests on undici 8", "@recallkit/core", await told(node, transport, root, other));
  }
  return rows;
}

/** What an outer `npm run` says of its own script must not reach the inner one. @param {NodeJS.ProcessEnv} env */
function withoutLifecycle(env) {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^(npm_|INIT_CWD$|NODE_PATH$)/.test(name)));
}

const rows = [];
for (const major of wantedNodes()) {
  process.stderr.write(`Node ${major}: npm init, npm install, the READMEs …\n`);
  rows.push(...(await check(major)));
}
console.table(rows);
for (const { name, bytes, files } of packed)
  process.stdout.write(`${name}: ${files.length} files, ${bytes} bytes packed\n`);
process.exitCode = rows.length > 0 && rows.every(({ result }) => result === "ok") ? 0 : 1;
