import { cp } from "node:fs/promises";
import { defineConfig } from "tsup";
import { libraryBuild } from "../../tsup.base.ts";

const isStatic = (path: string): boolean => !path.endsWith(".ts") && !path.includes("__fixtures__");

// File by file instead of bundled: dist mirrors src, so a path relative to import.meta.url is right in both.
export default defineConfig({
  // Only what hosts import is typed; its types name those of the packages.
  dts: {
    ...(typeof libraryBuild.dts === "object" && libraryBuild.dts),
    entry: { "modules/index": "src/modules/index.ts", "contract/push-document": "src/contract/push-document.ts" },
  },
  entry: ["src/**/*.ts", "!src/**/*.test.ts", "!src/**/*.test-d.ts", "!src/testing/**"],
  bundle: false,
  format: "esm",
  target: "node20",
  platform: "node",
  // What vite built of the web console stays.
  clean: ["!web/**"],
  silent: true,
  // With the sources in them: a stack trace of a host names our lines, and no package has to carry `src`.
  sourcemap: true,
  removeNodeProtocol: false,
  onSuccess: () => cp("src", "dist", { recursive: true, filter: isStatic }),
});
