import { expect, test } from "vitest";
import { markedBlock, printed, textOf } from "./testing/readme.js";

const EXAMPLES = [
  { name: "core", source: "in-memory", run: () => import("./in-memory.js") },
  { name: "storage-adapters", source: "own-tables", run: () => import("./own-tables.js") },
  { name: "channels", source: "channels-alone", run: () => import("./channels-alone.js") },
  { name: "queue", source: "queue-alone", run: () => import("./queue-alone.js") },
  { name: "scheduler", source: "scheduler-alone", run: () => import("./scheduler-alone.js") },
  { name: "sms", source: "sms-alone", run: () => import("./sms-alone.js") },
  { name: "wecom", source: "wecom-alone", run: () => import("./wecom-alone.js") },
  { name: "wecom", source: "wecom-callbacks", run: () => import("./wecom-callbacks.js") },
] as const;

test.each(EXAMPLES)(
  "the READMEs of $name show the example $source byte for byte, and what it prints",
  async ({ name, source, run }) => {
    const path = `examples/embed-sdk/src/${source}.ts`;
    const output = await printed(run);
    for (const file of ["README.md", "README.zh-CN.md"]) {
      const readme = textOf(`packages/${name}/${file}`);
      expect(markedBlock(readme, "example", path)).toBe(textOf(path));
      expect(markedBlock(readme, "output", path)).toBe(output);
    }
  },
);

test("the guide to channels shows its example byte for byte", () => {
  const path = "examples/custom-channel/src/mail-channel.ts";
  expect(markedBlock(textOf("docs/guides/write-a-channel.md"), "example", path)).toBe(textOf(path));
});
