import type { AddCommand } from "../../../cli/command.js";
import { type ImportFlags, readingFlags, writingFlags } from "./import-flags.js";
import { runImport } from "./run-import.js";

/** `import orders FILE…`. */
export const addImportOrders: AddCommand = (program, { say, action }) => {
  const command = program
    .command("orders")
    .description(say("导入订单", "import orders"))
    .argument("<files...>", say("文件、文件夹或 -（标准输入）", "files, folders or - for standard input"));
  readingFlags(command, say, "orders");
  writingFlags(command, say, "orders").action(
    action((context, files: readonly string[], flags: ImportFlags) => runImport(context, "orders", files, flags)),
  );
};
