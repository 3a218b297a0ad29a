import { defineConfig } from "tsup";
import { libraryBuild } from "../../tsup.base.ts";

export default defineConfig({
  ...libraryBuild,
  entry: {
    "email/index": "src/email/index.ts",
    "simulator/index": "src/simulator/index.ts",
  },
  splitting: true,
});
