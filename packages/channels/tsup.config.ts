import { defineConfig } from "tsup";
import { libraryBuild } from "../../tsup.base.ts";

export default defineConfig({
  ...libraryBuild,
  entry: {
    "email/index": "src/email/index.ts",
    "feishu/index": "src/feishu/index.ts",
    "app-push/index": "src/app-push/index.ts",
    "webhook/index": "src/webhook/index.ts",
    "simulator/index": "src/simulator/index.ts",
  },
  splitting: true,
});
