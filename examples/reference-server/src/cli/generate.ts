import type { AddCommand } from "./command.js";
import { sql } from "./migrate.js";

/** `generate sql`. */
export const addGenerate: AddCommand = (program, { say, action }) => {
  const generate = program.command("generate").description(say("生成文件内容", "print what others run"));
  generate
    .command("sql")
    .description(say("打印尚未执行的 SQL，供 DBA 手工执行", "print the pending statements for a DBA"))
    .action(action((context) => sql(context)));
};
