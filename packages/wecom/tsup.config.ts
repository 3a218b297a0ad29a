import { defineConfig } from "tsup";
import { libraryBuild } from "../../tsup.base.ts";

export default defineConfig({
  ...libraryBuild,
  entry: {
    index: "src/index.ts",
    "simulator/index": "src/simulator/index.ts",
    "official-account/index": "src/official-account/index.ts",
    "official-account/simulator/index": "src/official-account/simulator/index.ts",
    "simulator/bin": "src/simulator/bin.ts",
  },
  splitting: true,
});
