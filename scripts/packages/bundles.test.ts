import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { build as esbuild } from "esbuild";
import { afterAll, beforeAll, expect, test } from "vitest";
import { build } from "../build.mjs";
import { root } from "../workspace.mjs";

/** What `docs/guides/bundling.md` says to leave outside. */
const EXTERNAL = ["undici"];

const example = join(root, "examples/embed-sdk");
const folder = mkdtempSync(join(tmpdir(), "recallkit-bundle-"));
const entry = join(folder, "app.ts");

/** The guide's backend for one push to one person; counts are read in the reading thread. */
const APP = `
import { startWecomSimulator } from "@recallkit/wecom/simulator";
import { startRecall } from ${JSON.stringify(join(example, "src/start-recall.ts"))};

async function main() {
  const simulator = await startWecomSimulator();
  const config = { file: process.argv[2], secretKey: "for-this-test-only-0123456789abcdef", corpId: "ww-simulator" };
  const recall = await startRecall({ ...config, secret: "simulator-secret", baseUrl: simulator.url });
  await recall.kit.customers.upsert([{ externalKey: "mimi", externalUserId: "wm-mimi" }]);
  const { steps } = await recall.kit.audience.preview({ segment: { everybody: true } });
  console.log(steps.map(({ name, count }) => name + " " + count).join(", "));
  const rule = await recall.kit.rules.create({
    name: "a", segment: { everybody: true }, validFrom: "2026-01-01", validTo: "2099-12-31",
    content: { text: "https://shop.example/back" },
  });
  await recall.kit.occurrences.runNow(rule.id);
  while ((await recall.kit.report(rule.id)).accepted === 0) await recall.kit.tick();
  console.log("accepted 1");
  await recall.stop();
  await simulator.close();
}
void main();
`;

beforeAll(async () => {
  await build();
  writeFileSync(entry, APP);
  // Where a project has what it installed.
  const modules = { "@recallkit": example, libsql: example, undici: join(root, "packages/core") };
  mkdirSync(join(folder, "node_modules"));
  for (const [name, owner] of Object.entries(modules))
    symlinkSync(join(owner, "node_modules", name), join(folder, "node_modules", name));
}, 300_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function withEsbuild(format: "esm" | "cjs", outfile: string): Promise<void> {
  const logOverride = { "empty-import-meta": "silent" } as const;
  await esbuild({
    entryPoints: [entry],
    bundle: true,
    platform: "node",
    format,
    outfile,
    external: EXTERNAL,
    logOverride,
  });
}

/** vite bundles with rollup and its plugins for packages of npm. */
async function withRollup(format: "esm" | "cjs", outfile: string): Promise<void> {
  const { build: viteBuild } = await import("vite");
  await viteBuild({
    configFile: false,
    logLevel: "error",
    root: folder,
    ssr: { noExternal: true, external: EXTERNAL },
    build: {
      ssr: entry,
      outDir: folder,
      emptyOutDir: false,
      minify: true,
      rollupOptions: { output: { format, entryFileNames: outfile.slice(folder.length + 1) } },
    },
  });
}

test.each([
  ["esbuild", "esm", withEsbuild],
  ["esbuild", "cjs", withEsbuild],
  ["rollup", "esm", withRollup],
  ["rollup", "cjs", withRollup],
] as const)(
  "a backend bundled by %s as %s runs a push, and reads in its thread",
  { timeout: 90_000 },
  async (name, format, bundle) => {
    const file = join(folder, `${name}.${format === "esm" ? "mjs" : "cjs"}`);
    await bundle(format, file);
    const { stdout } = await promisify(execFile)(process.execPath, [file, join(folder, `${name}-${format}.db`)], {
      timeout: 25_000,
    });
    expect(stdout).toBe("customers 1, reachable 1\naccepted 1\n");
  },
);

test.each([
  ["import", `import("@recallkit/storage-adapters/sqlite").then((module) => console.log(typeof module.sqliteStores))`],
  ["require", `console.log(typeof require("@recallkit/storage-adapters/sqlite").sqliteStores)`],
])("a program given on the command line loads the driver by %s", async (_, program) => {
  const { stdout } = await promisify(execFile)(process.execPath, ["-e", program], { cwd: example, timeout: 25_000 });
  expect(stdout).toBe("function\n");
});
