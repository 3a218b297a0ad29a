import { copyFile } from "node:fs/promises";
import { defineConfig } from "tsup";
import { libraryBuild } from "../../tsup.base.ts";

export default defineConfig({
  ...libraryBuild,
  entry: {
    "sqlite/index": "src/sqlite/index.ts",
    "postgres/index": "src/postgres/index.ts",
    "mysql/index": "src/mysql/index.ts",
    "redis/index": "src/redis/index.ts",
    "copy/index": "src/copy/index.ts",
    "migrations/index": "src/migrations/index.ts",
  },
  // No shared chunks: the worker is found beside the file that starts it (import.meta.url).
  splitting: false,
  onSuccess: () => copyFile("src/sqlite/read-worker.mjs", "dist/sqlite/read-worker.mjs"),
});
