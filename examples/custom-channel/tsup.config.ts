import { defineConfig } from "tsup";

export default defineConfig({
  entry: ["src/mail-channel.ts"],
  format: "esm",
  target: "node20",
  platform: "node",
  clean: true,
  silent: true,
});
