import { modules } from "../app.js";
import { variables } from "../config/variables.js";
import { version } from "../version.js";
import { told } from "./check.js";
import type { AddCommand, CommandContext } from "./command.js";
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
  context.answer(answer, () =>
    alignedTable([
      ["recallkit", answer.version],
      ["node", `${answer.node} ${answer.platform}`],
      ["engine", answer.engine],
      ["schema", answer.schema],
      ["modules", answer.modules.join(" ")],
      ["settings", answer.settings.set.join(" ")],
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
