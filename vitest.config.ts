import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";
import { testCounts } from "./scripts/test-counts.mjs";

const packagesFolder = new URL("./packages/", import.meta.url);
const folders = [
  ...readdirSync(packagesFolder).map((name) => new URL(`${name}/`, packagesFolder)),
  new URL("./examples/reference-server/", import.meta.url),
];

/** Every public path of a package, tested from its source: `dist/x.js` in `exports` stands for `src/x.ts`. */
function sourceAliases(): { find: RegExp; replacement: string }[] {
  return folders.flatMap((root) => {
    const manifest: { name: string; exports: Record<string, string | { default: string }> } = JSON.parse(
      readFileSync(new URL("package.json", root), "utf8"),
    );
    return Object.entries(manifest.exports).flatMap(([path, target]) => {
      if (typeof target === "string") return [];
      const source = target.default.replace("./dist/", "src/").replace(/\.js$/, ".ts");
      return [
        { find: new RegExp(`^${manifest.name}${path.slice(1)}$`), replacement: fileURLToPath(new URL(source, root)) },
      ];
    });
  });
}

/** Begins with the files that take longest, so that none of them is left over for one worker in the end. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLong = ({ moduleId }: TestSpecification) =>
      /retail|\/durability\/|\/simulator\/|mail-channel|\/test-servers\//.test(moduleId) ? 1 : 0;
    return (await super.sort(files)).toSorted((a, b) => isLong(b) - isLong(a));
  }
}

/** `RECALLKIT_UNDICI` names the folder of another version of undici, for the transport's tests. */
const undici = process.env.RECALLKIT_UNDICI;
const otherUndici = undici ? [{ find: /^undici$/, replacement: `${undici}/index.js` }] : [];

export default defineConfig({
  resolve: { alias: [...sourceAliases(), ...otherUndici] },
  test: {
    include: [
      "packages/*/src/**/*.test.ts",
      "examples/*/src/**/*.test.ts",
      "examples/reference-server/web/src/**/*.test.ts",
      "scripts/**/*.test.ts",
    ],
    globalSetup: ["scripts/test-servers/vitest-setup.ts"],
    pool: "forks",
    // What a file imports takes longer than most of its tests: files of one worker share it.
    isolate: false,
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
    // Long enough for a machine that does other things as well: what hangs is found, what is slow is not a failure.
    testTimeout: 90_000,
    hookTimeout: 180_000,
    teardownTimeout: 30_000,
    expect: { poll: { timeout: 30_000, interval: 50 } },
    reporters: ["default", testCounts],
  },
});
