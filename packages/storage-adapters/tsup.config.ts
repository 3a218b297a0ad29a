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
    "sql/index": "src/sql/index.ts",
    "migrations/index": "src/migrations/index.ts",
  },
  splitting: true,
});
