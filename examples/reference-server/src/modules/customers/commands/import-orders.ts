import { Option } from "commander";
import { type AddCommand, checkedText } from "../../../cli/command.js";
import { timeZoneOf, withKit } from "../../../cli/database.js";
import { answerImport, type ImportFlags, importFlags, timeZone } from "../../../cli/import-options.js";
import { importOrders, ORDER_FIELDS, ORDER_PRESETS, parseColumnNames } from "../service.js";

interface OrderFlags extends ImportFlags {
  readonly preset?: string;
  readonly tz?: string;
  readonly source?: string;
}

/** `import orders FILE`. */
export const addImportOrders: AddCommand = (program, { say, action }) => {
  const command = program.command("orders").description(say("导入订单", "import orders"));
  importFlags(command, say, ORDER_FIELDS)
    .addOption(
      new Option("--preset <name>", say("已知文件的格式", "layout of a well-known file")).choices(
        Object.keys(ORDER_PRESETS),
      ),
    )
    .option("--tz <zone>", say("时间所在时区（默认商户时区）", "zone of the times (default: the tenant's)"), timeZone)
    .option(
      "--source <name>",
      say("订单来源", "where the orders come from"),
      checkedText((text) => /^\S{1,64}$/.test(text), "1 to 64 characters"),
    )
    .action(
      action((context, file: string, flags: OrderFlags) =>
        withKit(context, (kit) =>
          answerImport(
            context,
            async (onProgress) =>
              importOrders(kit, file, {
                format: flags.preset === undefined ? undefined : ORDER_PRESETS[flags.preset],
                names: flags.map === undefined ? undefined : parseColumnNames(flags.map, ORDER_FIELDS),
                timeZone: await timeZoneOf(context, kit, flags.tz),
                delimiter: flags.delimiter,
                externalUserIdPrefix: flags.externalUseridPrefix,
                source: flags.source,
                rejectsFile: flags.rejects,
                signal: context.io.signal,
                onProgress,
              }),
            ({ orders: { inserted, updated, unchanged } }) => inserted + updated + unchanged,
          ),
        ),
      ),
    );
};
