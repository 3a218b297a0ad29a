import { modules } from "../app.js";
import { variables } from "../config/variables.js";
import { version } from "../version.js";
import { told } from "./check.js";
import type { AddCommand, CommandContext } from "./command.js";
import { stateWord } from "./doctor.js";
import { schemaState } from "./schema-state.js";
import { alignedTable } from "./table.js";

/** `info`: what runs here, for reports of faults; names of settings and never their values. */
export const addInfo: AddCommand = (program, { say, action }) => {
  program
    .command("info")
    .description(
      say("版本、引擎、表结构、模块、已设置的变量名", "versions, engine, schema, modules, names of settings"),
    )
    .action(action((context) => info(context)));
};

async function info(context: CommandContext): Promise<void> {
  const names = Object.keys(variables);
  const isSet = (name: string) => (context.io.env[name]?.trim() ?? "") !== "";
  const answer = {
    version,
    node: process.versions.node,
    platform: `${process.platform}-${process.arch}`,
    engine: context.database().engine,
    schema: await stateOf(context),
    modules: modules.map(({ name }) => name),
    settings: { set: names.filter(isSet), not_set: names.filter((name) => !isSet(name)) },
  };
  const { say } = context;
  context.answer(answer, () =>
    alignedTable([
      ["recallkit", answer.version],
      ["node", `${answer.node} ${answer.platform}`],
      [say("数据库", "engine"), answer.engine],
      [say("表结构", "schema"), stateWord(answer.schema, say)],
      [say("模块", "modules"), answer.modules.join(" ")],
      [say("已设置", "settings"), answer.settings.set.join(" ") || say("（无）", "(none)")],
    ]),
  );
}

/** How the schema stands, or why that can't be told. */
async function stateOf(context: CommandContext): Promise<string> {
  try {
    return (await schemaState(context)).state;
  } catch (error) {
    return `unknown: ${told(error)}`;
  }
}
