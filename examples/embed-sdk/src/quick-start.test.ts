import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { markedBlock, printed, textOf } from "./testing/readme.js";

const SOURCE = "examples/embed-sdk/src/quick-start.ts";
const READMES = ["README.md", "README.zh-CN.md"];

const folder = mkdtempSync(join(tmpdir(), "recallkit-example-"));

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

test("the example takes one push from orders to its report, and prints what both READMEs show", async () => {
  vi.stubEnv("TMPDIR", folder);
  const output = await printed(() => import("./quick-start.js"));
  expect(output).toMatch(/^customers 5 → window 4 → labels 3 → reachable 3$/m);
  expect(output).toMatch(/^baozi is out: labels$/m);
  expect(output).toMatch(/^accepted +\| 2$/m);
  expect(output).toMatch(/^revenueMinor +\| 12800$/m);
  for (const readme of READMES) expect(markedBlock(textOf(readme), "output", SOURCE)).toBe(output);
});

test("both READMEs show the example byte for byte", () => {
  for (const readme of READMES) expect(markedBlock(textOf(readme), "example", SOURCE)).toBe(textOf(SOURCE));
});
