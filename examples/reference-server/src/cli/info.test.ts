import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runCli } from "./run-cli.js";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "recallkit-info-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function said(...argv: string[]): Promise<string> {
  const written: string[] = [];
  const stream = { write: (text: string) => written.push(text) > 0 } as unknown as NodeJS.WriteStream;
  const env = { SECRET_KEY: "a-secret-that-is-nobody-elses-business-77", WECOM_SECRET: "s3cret-of-wecom" };
  const io = { stdout: stream, stderr: stream, env, signal: new AbortController().signal };
  expect(await runCli(["--db", `sqlite:${join(folder, "a.db")}`, ...argv], io)).toBe(0);
  return written.join("");
}

test("info tells versions, engine, schema, modules and names of settings, and no value of one", async () => {
  const text = await said("--json", "info");
  expect(JSON.parse(text)).toMatchObject({
    version: expect.stringMatching(/^\d+\.\d+\.\d+/),
    node: process.versions.node,
    engine: "sqlite",
    schema: "missing",
    modules: expect.arrayContaining(["auth", "push", "docs"]),
    settings: { set: ["SECRET_KEY", "WECOM_SECRET"], not_set: expect.arrayContaining(["PORT", "REDIS_URL"]) },
  });
  expect(text).not.toMatch(/business|s3cret/);
});

test("generate sql prints what migrate sql prints", async () => {
  const [generated, migrated] = [await said("generate", "sql"), await said("migrate", "sql")];
  expect(generated).toContain("CREATE TABLE");
  expect(generated.replace(/\d{13}/g, "")).toBe(migrated.replace(/\d{13}/g, ""));
});
