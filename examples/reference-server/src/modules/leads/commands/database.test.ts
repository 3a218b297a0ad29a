import { expect, test } from "vitest";
import { commandLine } from "../../../testing/command-line.js";

test("init-db makes the schema once, seed-db fills an empty tenant once", async () => {
  const { run } = await commandLine();
  const init = await run("init-db", "--json");
  expect([init.code, Number(init.answer.applied) > 0]).toEqual([0, true]);
  expect((await run("init-db", "--json")).answer).toEqual({ applied: 0 });
  expect((await run("seed-db", "--json")).answer).toEqual({ packages: 2, tasks: 2, leads: 47, calls: 23 });
  expect((await run("seed-db", "--json")).answer).toEqual({ packages: 0, tasks: 0, leads: 0, calls: 0 });
  expect((await run("migrate", "status")).stdout).toContain("current");
});
