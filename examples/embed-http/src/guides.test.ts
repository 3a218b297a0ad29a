import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { startHost } from "./testing/host.js";

const read = (path: string) => readFileSync(new URL(path, import.meta.url), "utf8");

test.each([
  ["express", "./hosts/express.ts"],
  ["fastify", "./hosts/fastify.ts"],
  ["hono", "./hosts/hono.ts"],
  ["nestjs", "./hosts/nest.ts"],
])("the guide to %s shows the host that is tested", (guide, host) => {
  expect(read(`../../../docs/guides/mount-in-${guide}.md`)).toContain(`\`\`\`ts\n${read(host)}\`\`\``);
});

test("the program of the package's page answers as it says", async () => {
  const page = read("../../../packages/http/README.md");
  const program = read("./hosts/quick-start.ts");
  expect(page).toContain(`\`\`\`ts\n${program}\`\`\``);
  const host = await startHost("quick-start", {
    basePath: "/recall",
    folder: fileURLToPath(new URL("..", import.meta.url)),
  });
  onTestFinished(host.close);
  const answer = await fetch(`${host.url}/recall/wechatpush/lists`, {
    method: "POST",
    headers: { "x-user": "7", "content-type": "application/json" },
    body: '{"page":1,"pagesize":10}',
  });
  expect(program).toContain(`// ${await answer.text()}\n`);
});
