import { defineConfig } from "tsup";

export default defineConfig({
  entry: ["src/folder-media.ts", "src/pglite-stores.ts"],
  format: "esm",
  target: "node20",
  platform: "node",
  clean: true,
  silent: true,
});
