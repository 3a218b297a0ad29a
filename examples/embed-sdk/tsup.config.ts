import { defineConfig } from "tsup";

export default defineConfig({
  entry: ["src/quick-start.ts", "src/in-memory.ts", "src/own-tables.ts", "src/receive-alerts.ts"],
  format: "esm",
  target: "node20",
  platform: "node",
  clean: true,
  silent: true,
});
