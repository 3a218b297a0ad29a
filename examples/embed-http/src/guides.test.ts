import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const read = (path: string) => readFileSync(new URL(path, import.meta.url), "utf8");

test.each([
  ["express", "express"],
  ["fastify", "fastify"],
  ["hono", "hono"],
  ["nestjs", "nest"],
])("the guide to %s shows the host that is tested", (guide, host) => {
  expect(read(`../../../docs/guides/mount-in-${guide}.md`)).toContain(`\`\`\`ts\n${read(`./hosts/${host}.ts`)}\`\`\``);
});
