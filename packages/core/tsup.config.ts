import { defineConfig } from "tsup";
import { libraryBuild } from "../../tsup.base.ts";

export default defineConfig({
  ...libraryBuild,
  entry: {
    index: "src/index.ts",
    "ports/index": "src/ports/index.ts",
    "memory/index": "src/memory/index.ts",
    "conformance/index": "src/conformance/index.ts",
    "testing/index": "src/testing/index.ts",
    "audience-index/index": "src/audience-index/index.ts",
    "birthday/index": "src/birthday/index.ts",
    "http/index": "src/http/index.ts",
    "script/index": "src/script/index.ts",
    "intent/index": "src/intent/index.ts",
    "people/index": "src/people/index.ts",
    "evidence/index": "src/evidence/index.ts",
    "script/simulator/index": "src/script/simulator/index.ts",
  },
  // Shared chunks: an error class is one class, whichever sub-path it comes through.
  splitting: true,
});
