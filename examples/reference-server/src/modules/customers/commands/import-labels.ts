import { Option } from "commander";
import type { AddCommand } from "../../../cli/command.js";
import { withKit } from "../../../cli/database.js";
import { DELIMITERS, type DelimiterName, importLabels, LABEL_FIELDS, parseColumnNames } from "../service.js";

interface LabelFlags {
  readonly map?: string;
  readonly delimiter?: DelimiterName;
}

/** `import labels FILE`. */
export const addImportLabels: AddCommand = (program, { say, action }) => {
  program
    .command("labels")
    .description(say("导入标签库（kind,key,name）", "import the label library (kind,key,name)"))
    .argument("<file>")
    .option("--map <list>", say("列名：field=column,…", "names of columns: field=column,…"))
    .addOption(new Option("--delimiter <d>", say("分隔符", "delimiter")).choices(Object.keys(DELIMITERS)))
    .action(
      action((context, file: string, { map, delimiter }: LabelFlags) =>
        withKit(context, async (kit) => {
          const names = map === undefined ? undefined : parseColumnNames(map, LABEL_FIELDS);
          const done = await importLabels(kit, file, { names, delimiter, signal: context.io.signal });
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
