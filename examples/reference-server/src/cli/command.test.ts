import { Command } from "commander";
import { expect, test } from "vitest";
import { commandGroup } from "./command.js";

test("a group is made once, and every module adds its own commands to it", () => {
  const program = new Command();
  commandGroup(program, "revisit", "first").command("run");
  const again = commandGroup(program, "revisit", "second");
  again.command("import");
  expect(program.commands.map((one) => one.name())).toEqual(["revisit"]);
  expect(again.description()).toBe("first");
  expect(again.commands.map((one) => one.name())).toEqual(["run", "import"]);
});
