import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { beforeAll, expect, test } from "vitest";
import { build } from "../build.mjs";
import { root } from "../workspace.mjs";

/** Errors thrown by what other sub-paths export, asked about by the classes of the root. */
const PROGRAM = `
async function main() {
  const [core, ports, memory] = await Promise.all(["@recallkit/core", "@recallkit/core/ports", "@recallkit/core/memory"].map(load));
  const thrownBy = async (work) => { try { await work(); } catch (error) { return error; } };
  const rule = await thrownBy(() => ports.parseRule({}));
  const missing = await thrownBy(() => core.createRecallKit({ stores: memory.memoryStores(), logger: core.silentLogger }).rules.get(7));
  const option = await thrownBy(() => core.createRecallKit({ secretKey: "short" }));
  const lost = new ports.LeaseLostError("batch", 1);
  console.log(rule instanceof core.InputError, missing instanceof core.NotFoundError, option instanceof core.ConfigError,
    lost instanceof core.RecallKitError, core.InputError === (await import("@recallkit/core")).InputError);
}
void main();`;

beforeAll(() => build(), 300_000);

test.each([
  ["ESM", "module", "const load = (name) => import(name);"],
  ["CJS", "commonjs", "const load = (name) => require(name);"],
])("errors of every sub-path are of the same classes, as %s", { timeout: 60_000 }, async (_, type, loader) => {
  const args = [`--input-type=${type}`, "--no-warnings", "-e", loader + PROGRAM];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: join(root, "examples/embed-sdk") });
  expect(stdout).toBe("true true true true true\n");
});
