import { systemClock } from "@recallkit/core";
import { isTimeZone } from "@recallkit/core/ports";
import { type Command, InvalidArgumentError } from "commander";
import { DELIMITERS, type DelimiterName, type ImportProgress } from "../modules/customers/service.js";
import { type CommandContext, checkedText, refusal } from "./command.js";
import type { Say } from "./io.js";
import { progressDisplay } from "./progress.js";

/** Options of all imports, as commander reads them. */
export interface ImportFlags {
  readonly map?: string;
  readonly delimiter: DelimiterName;
  readonly externalUseridPrefix?: string;
  readonly rejects?: string;
}

/** Adds the options of all imports to a command. */
export function importFlags(command: Command, say: Say, fields: readonly string[]): Command {
  return command
    .argument("<file>", say("CSV 文件，可用 gzip 压缩", "CSV file, packed with gzip or not"))
    .option("--map <field=column,…>", `${say("列名对应", "names of columns")}: ${fields.join(" ")}`)
    .option("--delimiter <auto|,|;|tab>", say("分隔符", "what separates cells"), readDelimiter, "auto")
    .option(
      "--external-userid-prefix <text>",
      say(
        "用「前缀+客户键」生成企微 external_userid，例如 wm_",
        "derive the WeCom external_userid from the customer key, for example wm_",
      ),
    )
    .option(
      "--rejects <file>",
      say("出错的行写到哪里（默认 FILE.rejects.csv）", "where rejected lines go (default FILE.rejects.csv)"),
    );
}

/** Reads `--tz`. */
export const timeZone = checkedText(isTimeZone, "an IANA time zone such as Asia/Shanghai");

function readDelimiter(text: string): DelimiterName {
  const name = text === "\t" || text === "\\t" ? "tab" : text;
  if (name in DELIMITERS) return name as DelimiterName; // just looked up
  throw new InvalidArgumentError("auto, a comma, a semicolon or tab is expected.");
}

/** Runs an import with its progress shown, adds what it cost, prints the answer, and refuses when nothing was taken. */
export async function answerImport<A extends { readonly rejects: number; readonly rejects_file: string | null }>(
  context: CommandContext,
  work: (onProgress: (progress: ImportProgress) => void) => Promise<A>,
  accepted: (answer: A) => number,
): Promise<void> {
  const { say, note } = context;
  const startedAt = systemClock.monotonic();
  const display = progressDisplay(context.io);
  const labels = { read: say("读取文件", "reading"), import: say("写入数据库", "importing") };
  const answer = await work(({ phase, done, total }) => display.show(labels[phase], done, total)).finally(display.stop);
  const seconds = Math.round((systemClock.monotonic() - startedAt) / 10) / 100;
  context.answer({ ...answer, seconds, peak_rss_mb: Math.round(process.resourceUsage().maxRSS / 1024) });
  if (answer.rejects_file !== null) {
    note(
      say(
        `${answer.rejects} 行有误，见 ${answer.rejects_file}`,
        `${answer.rejects} lines were rejected, see ${answer.rejects_file}`,
      ),
    );
  }
  if (accepted(answer) === 0) throw refusal("import.nothing-taken", "no row of the file could be imported");
}
