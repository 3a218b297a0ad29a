import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, expect, test } from "vitest";
import { checkStructure } from "./check-structure.mjs";

const roots: string[] = [];

afterEach(() => {
  for (const root of roots.splice(0)) rmSync(root, { recursive: true, force: true });
});

/** A checkout with just these files. */
function checkout(files: Record<string, string>): string {
  const root = mkdtempSync(join(tmpdir(), "recallkit-structure-"));
  roots.push(root);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

/** `file:line` of every problem in a checkout with just this file. */
function placesIn(path: string, text: string): string[] {
  return checkStructure(checkout({ [path]: text })).problems.map((problem) => `${problem.path}:${problem.line}`);
}

const MODULES = "examples/reference-server/src/modules";

test.each([
  ["core takes a sibling by name", "packages/core/src/kit/kit.ts", `import { x } from "@recallkit/wecom";`],
  ["core takes a library that is not on its list", "packages/core/src/kit/kit.ts", `import { x } from "undici";`],
  ["a package takes another one", "packages/wecom/src/a.ts", `export { x } from "@recallkit/storage-adapters/sqlite";`],
  ["a package takes another one in a type", "packages/wecom/src/a.ts", `type X = import("recallkit").X;`],
  ["a package reaches into core by path", "packages/wecom/src/a.ts", `import { x } from "../../core/src/index.js";`],
  ["a port takes a value", "packages/core/src/ports/channel.ts", `import { type X } from "../rule/rule.js";`],
  ["a domain folder takes a memory store", "packages/core/src/rule/a.ts", `import { x } from "../memory/rules.js";`],
  [
    "create-recallkit takes the test doubles",
    "packages/core/src/kit/create-recallkit.ts",
    `import "../testing/index.js";`,
  ],
  ["a package takes the suites", "packages/wecom/src/a.ts", `import { x } from "@recallkit/core/conformance";`],
  ["a package takes the whole of zod", "packages/core/src/rule/a.ts", `import { z } from "zod";`],
  ["a module takes another one's store", `${MODULES}/push/routes.ts`, `import { x } from "../auth/store.js";`],
  ["a module loads another one's store late", `${MODULES}/push/a.ts`, `await import("../auth/store.js");`],
  ["a room takes a value of a later one", "packages/core/src/rule/a.ts", `import { x } from "../delivery/batch.js";`],
  ["a room names a type of the kit", "packages/core/src/delivery/a.ts", `import type { Kit } from "../kit/kit.js";`],
  ["a package reads the time", "packages/core/src/rule/a.ts", "const at = Date.now();"],
  ["a package makes a date of now", "packages/core/src/rule/a.ts", "const at = new Date();"],
  ["a package draws a number", "packages/wecom/src/a.ts", "const n = Math.random();"],
  ["a package sets a timer", "packages/wecom/src/a.ts", "setTimeout(() => {}, 5);"],
  [
    "a package takes the timer of node",
    "packages/wecom/src/a.ts",
    `import { setTimeout } from "node:timers/promises";`,
  ],
  ["a package passes a timer on", "packages/wecom/src/a.ts", "const wait = { later: setTimeout };"],
  ["a port implementation reads the environment", "packages/core/src/clock.ts", "const zone = process.env.TZ;"],
  ["a folder is named after a layer", "packages/core/src/utils/money.ts", "export const x = 1;"],
])("finds that %s", (_fact, path, text) => {
  expect(placesIn(path, text)).toEqual([`${path}:1`]);
});

test("finds a source file of 401 lines, not one of 400", () => {
  expect(placesIn("packages/core/src/long.ts", "//\n".repeat(401))).toEqual(["packages/core/src/long.ts:401"]);
  expect(placesIn("packages/core/src/long.ts", "//\n".repeat(400))).toEqual([]);
});

test.each([
  ["tests take memory stores", "packages/wecom/src/a.test.ts", `import { x } from "@recallkit/core/memory";`],
  [
    "the kit takes its default stores",
    "packages/core/src/kit/create-recallkit.ts",
    `import { x } from "./memory/index.js";`,
  ],
  ["ports take types of the domain", "packages/core/src/ports/channel.ts", `import type { X } from "../rule/rule.js";`],
  ["a port hands types on", "packages/core/src/ports/channel.ts", `export type { X } from "../rule/rule.js";`],
  ["the transport uses undici", "packages/core/src/http/transport.ts", `import { fetch } from "undici";`],
  ["a package takes of zod what it uses", "packages/core/src/rule/a.ts", `import * as z from "zod";`],
  ["modules meet at the service", `${MODULES}/push/routes.ts`, `import { x } from "../auth/service.js";`],
  ["a module uses its own files", `${MODULES}/push/routes.ts`, `import { x } from "./store.js";`],
  [
    "the app lists every module",
    "examples/reference-server/src/app.ts",
    `import { x } from "./modules/push/module.js";`,
  ],
  ["the clock reads the time", "packages/core/src/clock.ts", "export const now = () => Date.now();"],
  ["a simulator waits", "packages/wecom/src/simulator/staff.ts", "setTimeout(() => {}, 5);"],
  ["a date of a known instant is none of now", "packages/core/src/rule/a.ts", "const day = new Date(0);"],
  ["a socket has a member of a timer's name", "packages/core/src/rule/a.ts", "socket.setTimeout(5);"],
  ["text and comments are not code", "packages/core/src/rule/a.ts", `// Date.now()\nconst text = "Math.random()";`],
  ["the server reads the environment", "examples/reference-server/src/config.ts", "const port = process.env.PORT;"],
  ["an error map may be long", "packages/wecom/src/error-map.ts", "//\n".repeat(900)],
])("accepts that %s", (_fact, path, text) => {
  expect(placesIn(path, text)).toEqual([]);
});

test("the command prints file, line and reason, and ends with 1", async () => {
  const root = checkout({ "packages/wecom/src/a.ts": `\nimport { x } from "@recallkit/sms";\n` });
  const command = fileURLToPath(new URL("./check-structure.mjs", import.meta.url));
  const failure = await promisify(execFile)(process.execPath, [command, root]).catch((error: unknown) => error);
  expect(failure).toMatchObject({
    code: 1,
    stdout: `packages/wecom/src/a.ts:2  "@recallkit/sms": packages import @recallkit/core only, never each other\n1 files, 1 problems\n`,
  });
});
