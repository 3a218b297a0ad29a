import type { AddCommand } from "../../../cli/command.js";
import { withKit } from "../../../cli/database.js";
import { answerImport, type ImportFlags, importFlags } from "../../../cli/import-options.js";
import { CUSTOMER_FIELDS, importCustomers, parseColumnNames } from "../service.js";

/** `import customers FILE`. */
export const addImportCustomers: AddCommand = (program, { say, action }) => {
  const command = program.command("customers").description(say("导入客户", "import customers"));
  importFlags(command, say, CUSTOMER_FIELDS).action(
    action((context, file: string, flags: ImportFlags) =>
      withKit(context, (kit) =>
        answerImport(
          context,
          (onProgress) =>
            importCustomers(kit, file, {
              names: flags.map === undefined ? undefined : parseColumnNames(flags.map, CUSTOMER_FIELDS),
              delimiter: flags.delimiter,
              externalUserIdPrefix: flags.externalUseridPrefix,
              rejectsFile: flags.rejects,
              signal: context.io.signal,
              onProgress,
            }),
          ({ customers: { inserted, updated, unchanged } }) => inserted + updated + unchanged,
        ),
      ),
    ),
  );
};
