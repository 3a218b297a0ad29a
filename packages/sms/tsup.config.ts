import { defineConfig } from "tsup";
import { libraryBuild } from "../../tsup.base.ts";

export default defineConfig({
  ...libraryBuild,
  entry: {
    index: "src/index.ts",
    "yunpian/index": "src/yunpian/index.ts",
    "aliyun/index": "src/aliyun/index.ts",
    "tencent/index": "src/tencent/index.ts",
    "simulator/index": "src/simulator/index.ts",
  },
  splitting: true,
});
