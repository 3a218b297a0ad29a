import { defineConfig } from "tsup";

export default defineConfig({
  entry: ["src/backend.ts", "src/hosts/*.ts"],
  bundle: false,
  format: "esm",
  target: "node20",
  platform: "node",
  clean: true,
  silent: true,
  removeNodeProtocol: false,
});
