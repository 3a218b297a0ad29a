import { defineConfig } from "tsup";
import { libraryBuild } from "../../tsup.base.ts";

export default defineConfig({
  ...libraryBuild,
  entry: {
    "embedded/index": "src/embedded/index.ts",
    "rabbitmq/index": "src/rabbitmq/index.ts",
  },
  splitting: true,
});
