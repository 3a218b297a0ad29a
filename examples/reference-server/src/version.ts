import { readFileSync } from "node:fs";

/** Version of this package. */
export const version: string = readVersion();

function readVersion(): string {
  // One level up both from `src` and from `dist`.
  const manifest: unknown = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  const isManifest = typeof manifest === "object" && manifest !== null && "version" in manifest;
  return isManifest ? String(manifest.version) : "0.0.0";
}
