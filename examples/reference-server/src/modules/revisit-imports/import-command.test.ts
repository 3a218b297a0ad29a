import { join } from "node:path";
import { expect, test } from "vitest";
import { commandLine } from "../../testing/command-line.js";
import { customersOf, INSTITUTIONS, recordsOf, writeTree } from "./testing.js";

test("a tree is imported, told of, and unchanged the second time", async () => {
  const { run, folder } = await commandLine();
  await writeTree(join(folder, "data"), {
    "initial/common/institutions.json": INSTITUTIONS,
    "initial/institutions/BJ-HA-001/customers.json": customersOf("BJ-HA-001", 3),
    "initial/institutions/BJ-HA-001/customer.json": [],
    "initial/institutions/BJ-HA-001/consumption_records.json": recordsOf("BJ-HA-001", 4, 3),
  });
  const argv = ["revisit", "import", "--initial", join(folder, "data"), "--settle-ms", "0"];
  const first = await run(...argv, "--json");
  expect(first.code).toBe(0);
  expect(first.answer).toMatchObject({ rows: 8, inserted: 8, has_faults: false });
  expect(first.stderr).toContain("institutions/BJ-HA-001/customers.json 100%");
  const second = await run(...argv);
  expect(second.stdout).toContain("✅ institutions/BJ-HA-001/consumption_records.json  未变化");
  expect(second.stdout).toContain("○ institutions/BJ-HA-001/customer.json  文件名不在约定中，未读取");
  expect(second.stdout).toContain("合计  8 条：新增 0，更新 0，未变 8，拒绝 0");
});

test("neither or both of the folders is wrong usage, a folder without the tree as well", async () => {
  const { run, folder } = await commandLine();
  expect((await run("revisit", "import")).code).toBe(2);
  expect((await run("revisit", "import", "--initial", "a", "--incremental", "b")).code).toBe(2);
  expect((await run("revisit", "import", "--incremental", folder)).code).toBe(2);
});
