import type { DelimiterName } from "@recallkit/import";
import { Option } from "commander";
import type { AddCommand } from "../../../cli/command.js";
import { withKit } from "../../../cli/database.js";
import { importLabels, LABEL_FIELDS } from "../import-labels.js";
import { parsePairs } from "./import-flags.js";
import { noteQuestions, questionsOf } from "./import-questions.js";

interface LabelFlags {
  readonly map?: string;
  readonly delimiter?: DelimiterName | "auto";
  readonly encoding?: string;
  readonly sheet?: string;
}

/** `import labels FILE`. */
export const addImportLabels: AddCommand = (program, { say, action }) => {
  program
    .command("labels")
    .description(say("导入标签库（kind,key,name）", "import the label library (kind,key,name)"))
    .argument("<file>")
    .option("--map <list>", say("列名：field=column,…", "names of columns: field=column,…"))
    .addOption(new Option("--delimiter <d>", say("分隔符", "delimiter")).choices(["auto", ",", ";", "tab", "|"]))
    .option(
      "--encoding <name>",
      say("编码，例如 gbk（默认自动判断）", "encoding, for example gbk (default: by evidence)"),
    )
    .option("--sheet <name>", say("工作表名称或序号", "name or number of the sheet"))
    .action(
      action((context, file: string, { map, delimiter, encoding, sheet }: LabelFlags) =>
        withKit(context, async (kit) => {
          const names = map === undefined ? undefined : parsePairs(map, LABEL_FIELDS);
          const done = await importLabels(kit, file, {
            names,
            delimiter: delimiter === "auto" ? undefined : delimiter,
            encoding,
            sheet,
            signal: context.io.signal,
          }).catch((error: unknown) => {
            noteQuestions(context, questionsOf(error, context));
            throw error;
          });
          for (const { line, path, message } of done.rejected.lines) context.note(`${file}:${line} ${path} ${message}`);
          context.answer(done, () => {
            const { inserted, updated, unchanged, rejected } = done;
            return say(
              `标签：新增 ${inserted}，改名 ${updated}，不变 ${unchanged}，拒绝 ${rejected.count}`,
              `labels: ${inserted} new, ${updated} renamed, ${unchanged} unchanged, ${rejected.count} rejected`,
            );
          });
        }),
      ),
    );
};
