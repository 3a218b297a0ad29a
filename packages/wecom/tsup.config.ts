import { defineConfig } from "tsup";
import { libraryBuild } from "../../tsup.base.ts";

export default defineConfig({
  ...libraryBuild,
  entry: {
    index: "src/index.ts",
    "simulator/index": "src/simulator/index.ts",
    "simulator/bin": "src/simulator/bin.ts",
  },
  splitting: true,
});
