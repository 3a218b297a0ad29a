import type { AddCommand } from "../../../cli/command.js";
import { withKit } from "../../../cli/database.js";
import { importLabels, LABEL_FIELDS } from "../import-labels.js";
import { type ListFlags, listFlags, runListImport } from "./list-flags.js";

/** `import labels FILE`. */
export const addImportLabels: AddCommand = (program, { say, action }) => {
  const command = program
    .command("labels")
    .description(say("导入标签库（kind,key,name）", "import the label library (kind,key,name)"))
    .argument("<file>");
  listFlags(command, say).action(
    action((context, file: string, flags: ListFlags) =>
      withKit(context, async (kit) => {
        const done = await runListImport(context, file, LABEL_FIELDS, flags, (how) => importLabels(kit, file, how));
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
