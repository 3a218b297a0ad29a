import type { DelimiterName } from "@recallkit/import";
import { type Command, Option } from "commander";
import type { CommandContext } from "../../../cli/command.js";
import type { Say } from "../../../cli/io.js";
import type { ListImport, ListOptions } from "../list-import.js";
import { parsePairs } from "./import-flags.js";
import { noteQuestions, questionsOf } from "./import-questions.js";

/** How a list is read. */
export interface ListFlags {
  readonly map?: string;
  readonly delimiter?: DelimiterName | "auto";
  readonly encoding?: string;
  readonly sheet?: string;
}

/** Adds what lists are read by. */
export function listFlags(command: Command, say: Say): Command {
  return command
    .option("--map <list>", say("列名：field=column,…", "names of columns: field=column,…"))
    .addOption(new Option("--delimiter <d>", say("分隔符", "delimiter")).choices(["auto", ",", ";", "tab", "|"]))
    .option(
      "--encoding <name>",
      say("编码，例如 gbk（默认自动判断）", "encoding, for example gbk (default: by evidence)"),
    )
    .option("--sheet <name>", say("工作表名称或序号", "name or number of the sheet"));
}

/** Runs an import of a list, tells of rejected lines, and asks what the file leaves open. */
export async function runListImport<F extends string>(
  context: CommandContext,
  file: string,
  fields: readonly F[],
  { map, delimiter, encoding, sheet }: ListFlags,
  work: (options: ListOptions<F>) => Promise<ListImport>,
): Promise<ListImport> {
  const done = await work({
    // Its keys are fields: `parsePairs` refuses others.
    names: map === undefined ? undefined : (parsePairs(map, fields) as ListOptions<F>["names"]),
    delimiter: delimiter === "auto" ? undefined : delimiter,
    encoding,
    sheet,
    signal: context.io.signal,
  }).catch((error: unknown) => {
    noteQuestions(context, questionsOf(error, context));
    throw error;
  });
  for (const { line, path, message } of done.rejected.lines) context.note(`${file}:${line} ${path} ${message}`);
  return done;
}
