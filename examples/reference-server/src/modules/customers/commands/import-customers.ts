import type { AddCommand } from "../../../cli/command.js";
import { type ImportFlags, readingFlags, writingFlags } from "./import-flags.js";
import { runImport } from "./run-import.js";

/** `import customers FILE…`. */
export const addImportCustomers: AddCommand = (program, { say, action }) => {
  const command = program
    .command("customers")
    .description(say("导入客户", "import customers"))
    .argument("<files...>", say("文件、文件夹或 -（标准输入）", "files, folders or - for standard input"));
  readingFlags(command, say, "customers");
  writingFlags(command, say, "customers").action(
    action((context, files: readonly string[], flags: ImportFlags) => runImport(context, "customers", files, flags)),
  );
};
