import { writeFile } from "node:fs/promises";
import { type Inspection, inspect, type Mapping, type OpenTable, openTable } from "@recallkit/import";
import { Option } from "commander";
import type { AddCommand, CommandContext } from "../../../cli/command.js";
import { timeZoneOf, withKit } from "../../../cli/database.js";
import { type ImportFlags, type ImportKind, readingFlags, toldMapping } from "./import-flags.js";
import { importProgress } from "./import-progress.js";
import { noteQuestions, questionsOf } from "./import-questions.js";
import { inspectionText } from "./inspection-text.js";
import { readingOptions, sourceOf } from "./run-import.js";

interface InspectFlags extends ImportFlags {
  readonly kind?: ImportKind;
  readonly write?: string;
}

/** `import inspect FILE`. */
export const addImportInspect: AddCommand = (program, { say, action }) => {
  const command = program
    .command("inspect")
    .description(say("查看文件会怎样被读取，不写入数据库", "see how a file would be read; writes no data"))
    .argument("<file>", say("文件、文件夹或 -（标准输入）", "file, folder or - for standard input"))
    .option("--write <file>", say("把对应关系写入文件，供 --mapping 使用", "write the mapping for --mapping"))
    .addOption(
      new Option("--kind <kind>", say("文件的内容", "what the file holds")).choices([
        "orders",
        "customers",
        "suppressions",
      ]),
    );
  readingFlags(command, say, "any").action(
    action((context, file: string, flags: InspectFlags) => inspectFile(context, file, flags)),
  );
};

async function inspectFile(context: CommandContext, file: string, flags: InspectFlags): Promise<void> {
  const progress = importProgress(context);
  try {
    const table = await openTable(sourceOf(context, file), { ...readingOptions(flags), signal: context.io.signal });
    try {
      const found = await inspected(context, table, flags);
      progress.stop();
      if (flags.write !== undefined) await writeFile(flags.write, `${JSON.stringify(found.mapping, null, 2)}\n`);
      context.answer(answerOf(table, found), () => inspectionText(context.say, table, found, flags.write));
    } finally {
      await table.close();
    }
  } catch (error) {
    noteQuestions(context, questionsOf(error, context));
    throw error;
  }
}

async function inspected(context: CommandContext, table: OpenTable, flags: InspectFlags): Promise<Inspection> {
  const mapping: Partial<Mapping> = await toldMapping(flags.kind, flags);
  return withKit(context, async (kit) =>
    inspect(table, {
      kind: flags.kind,
      preset: flags.preset,
      mapping,
      zone: await timeZoneOf(context, kit, flags.tz),
      currency: (await kit.tenant()).currency,
      signal: context.io.signal,
    }),
  );
}

function answerOf(table: OpenTable, found: Inspection): Readonly<Record<string, unknown>> {
  const { name, format, packed, encoding, delimiter, header, sheet, sheets, files, warnings } = table;
  const { judgement, ...rest } = found;
  return {
    file: { name, format, packed, encoding, delimiter, header, sheet, sheets, files, warnings, columns: table.columns },
    ...rest,
    judgement: judgement && {
      date_order: judgement.dateOrder,
      decimal: judgement.decimal,
      amount: judgement.amountLevel,
      refund: judgement.refundLevel,
      keys: judgement.keys,
      repeats: judgement.repeats,
      unreadable: judgement.unreadable,
    },
  };
}
