import type { AddCommand } from "../../../cli/command.js";
import { type ImportFlags, readingFlags, writingFlags } from "./import-flags.js";
import { runImport } from "./run-import.js";

/** `import suppressions FILE…`. */
export const addImportSuppressions: AddCommand = (program, { say, action }) => {
  const command = program
    .command("suppressions")
    .description(say("导入免打扰名单", "import a list of opt-outs"))
    .argument("<files...>", say("文件、文件夹或 -（标准输入）", "files, folders or - for standard input"));
  readingFlags(command, say, "suppressions");
  writingFlags(command, say, "suppressions").action(
    action((context, files: readonly string[], flags: ImportFlags) => runImport(context, "suppressions", files, flags)),
  );
};
