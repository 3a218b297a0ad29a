import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { pushDocumentContract } from "recallkit/contract";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Running, startHost, strippingProxy } from "./testing/host.js";

const HOSTS = ["node", "express", "fastify", "hono", "nest"];
/** `npm run test:full` asks all of them, from packages as they are published. */
const asked = process.env.HOSTS === "all" ? HOSTS : ["node", "express"];
const folder = process.env.HOSTS_FOLDER ?? fileURLToPath(new URL("..", import.meta.url));
const headers = { "x-user": "7" };
const MOST_LINES = 12;

test.each(HOSTS)("%s takes no more than 12 lines", (name) => {
  const text = readFileSync(new URL(`./hosts/${name}.ts`, import.meta.url), "utf8");
  expect(text.split("\n").filter((line) => line.trim() !== "").length).toBeLessThanOrEqual(MOST_LINES);
});

describe.each(asked)("%s keeps the document of pushes", (name) => {
  describe.each(["/", "/recall", "/a/b"])("under %s", (basePath) => {
    let host: Running;
    let proxy: Running;
    beforeAll(async () => {
      host = await startHost(name, { basePath, folder });
      proxy = await strippingProxy("/in-front", host.url);
    });
    afterAll(async () => {
      await proxy?.close();
      await host?.close();
    });

    test.each(["directly", "through a proxy that strips a prefix"])("%s", async (way) => {
      const url = `${way === "directly" ? host.url : proxy.url}${basePath === "/" ? "" : basePath}`;
      const held: string[] = [];
      const cases = pushDocumentContract({ url, headers });
      for (const { name: fact, run } of cases) {
        await run().then(
          () => held.push(fact),
          (error: unknown) => held.push(`${fact}: ${error instanceof Error ? error.message : error}`),
        );
      }
      expect(held).toEqual(cases.map(({ name: fact }) => fact));
    });

    test("leaves the host's other paths alone", async () => {
      const answer = await fetch(`${host.url}/other/path`);
      // Everything that the server of node:http hears is for us.
      if (name !== "node") expect(answer.headers.get("x-request-id")).toBeNull();
      expect(answer.status).toBe(404);
    });
  });
});
