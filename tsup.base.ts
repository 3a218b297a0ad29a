// What every library package of the workspace builds alike; each package's tsup.config.ts adds its entries.
import type { Options } from "tsup";

/** ESM for Node 20 with declarations; `tsup --no-dts` leaves the declarations out. */
export const libraryBuild: Options = {
  format: "esm",
  target: "node20",
  platform: "node",
  clean: true,
  silent: true,
  // With the sources in them: a stack trace of a host names our lines, and no package has to carry `src`.
  sourcemap: true,
  // `node:sqlite` exists only under its prefix, so the prefix must survive the build.
  removeNodeProtocol: false,
  // Siblings are typed from their sources (tsconfig `paths`), which lie outside the package.
  dts: {
    compilerOptions: {
      ignoreDeprecations: "6.0",
      baseUrl: "../..",
      rootDir: "../..",
      composite: false,
      incremental: false,
    },
  },
};
