import { access, constants } from "node:fs/promises";
import { basename, dirname, resolve } from "node:path";
import { ConfigError, systemClock, type TenantKit } from "@recallkit/core";
import { minorToMajor } from "@recallkit/core/ports";
import { type ImportResult, importFile, rejectsFile, type TableSource } from "@recallkit/import";
import { type CommandContext, refusal } from "../../../cli/command.js";
import { timeZoneOf, withKit } from "../../../cli/database.js";
import { rowTexts } from "../row-texts.js";
import { type ImportFlags, type ImportKind, toldMapping } from "./import-flags.js";
import { importProgress } from "./import-progress.js";
import { noteQuestions, questionsOf } from "./import-questions.js";
import { noteResult } from "./note-result.js";
import { onCopy } from "./rehearsal-copy.js";
import { steadyHeap } from "./steady-heap.js";

/** Imports files of one kind, shows progress, prints the answer, and refuses when nothing was taken. */
export async function runImport(
  context: CommandContext,
  kind: ImportKind,
  files: readonly string[],
  flags: ImportFlags,
): Promise<void> {
  const { say } = context;
  steadyHeap();
  const rejects = await rejectsPath(files, flags.rejects);
  const startedAt = systemClock.monotonic();
  const result = await withKitOf(context, flags, (kit) => imported(context, kit, kind, files, flags, rejects));
  const seconds = Math.round((systemClock.monotonic() - startedAt) / 10) / 100;
  const file = result.rejectedRows > 0 ? rejects : null;
  context.answer({
    ...answerOf(result, file),
    seconds,
    peak_rss_mb: Math.round(process.resourceUsage().maxRSS / 1024),
  });
  noteResult(context, result, file);
  if (result.rows === 0) {
    const named = files.join(", ");
    throw refusal(
      "import.empty",
      say(`${named} 只有表头，没有数据行`, `${named} has a header and no rows below it`),
      say("请检查导出的条件与日期", "check what was exported: its filters and days"),
    );
  }
  if (result.inserted + result.updated + result.unchanged === 0)
    throw refusal("import.nothing-taken", "no row of the file could be imported");
}

function withKitOf<T>(context: CommandContext, flags: ImportFlags, work: (kit: TenantKit) => Promise<T>): Promise<T> {
  return flags.dryRun ? onCopy(context, (copied) => withKit(copied, work)) : withKit(context, work);
}

async function imported(
  context: CommandContext,
  kit: TenantKit,
  kind: ImportKind,
  files: readonly string[],
  flags: ImportFlags,
  rejectsPath: string,
): Promise<ImportResult> {
  const { io, say } = context;
  const progress = importProgress(context);
  const rejects = rejectsFile(rejectsPath, {
    textOf: ({ code, message }) => {
      const texts = rowTexts[code];
      return texts ? say(texts.zh, texts.en) : message;
    },
  });
  try {
    const sources = files.map((file) => sourceOf(context, file));
    const result = await importFile(kit, sources, await toldMapping(kind, flags), {
      ...readingOptions(flags),
      kind,
      preset: flags.preset,
      timeZone: await timeZoneOf(context, kit, flags.tz),
      dryRun: flags.dryRun,
      strict: flags.strict,
      onChange: flags.onChange,
      onIdentityMove: flags.onIdentityMove,
      unknownStatus: flags.unknownStatus,
      source: flags.source,
      externalUserIdPrefix: flags.externalUseridPrefix,
      signal: io.signal,
      onProgress: progress.show,
      rejects,
    });
    progress.finish();
    await rejects.close();
    return result;
  } catch (error) {
    progress.stop();
    await rejects.discard();
    noteQuestions(context, questionsOf(error, context));
    throw error;
  } finally {
    progress.stop();
  }
}

/** How files are opened. */
export function readingOptions({ encoding, delimiter, skipLines, sheet }: ImportFlags) {
  return { encoding, delimiter, skipLines, sheet };
}

/** A file or folder by its path; `-` is standard input. */
export function sourceOf({ io, say }: CommandContext, file: string): TableSource {
  if (file !== "-") return file;
  if (!io.stdin) throw new ConfigError("config.invalid", "<file>", "there is no standard input");
  return { stream: io.stdin, name: say("标准输入", "standard input") };
}

/** Where rejected rows go: `FILE.rejects.csv` beside the file, or in the working folder when the file's own takes no files. */
async function rejectsPath(files: readonly string[], told: string | undefined): Promise<string> {
  const [first = "-"] = files;
  const file = first === "-" ? "stdin" : first.replace(/[\\/]+$/, "");
  const beside = `${file}.rejects.csv`;
  const isWritable = await access(dirname(beside), constants.W_OK).then(
    () => true,
    () => false,
  );
  const path = told ?? (isWritable ? beside : basename(beside));
  if (files.some((one) => resolve(one) === resolve(path)))
    throw new ConfigError("config.invalid", "--rejects", "--rejects: names a file that is imported");
  return path;
}

/** The answer as programs read it. */
function answerOf(result: ImportResult, rejectsFile: string | null): Readonly<Record<string, unknown>> {
  const { kind, dryRun, rows, inserted, updated, unchanged, refused, rejectedRows, currency, amountMinor } = result;
  const counts = { inserted, updated, unchanged, rejected: refused };
  return {
    ...(kind === "orders"
      ? {
          customers: { ...result.customers, rejected: 0 },
          orders: counts,
          labels: { ...result.labels, rejected: 0 },
          revenue: minorToMajor(amountMinor ?? 0, currency),
          currency,
        }
      : { [kind]: counts }),
    dry_run: dryRun,
    lines: rows,
    skipped: result.skipped,
    repeated: result.repeated,
    changed: result.changed,
    moved: result.moved,
    rejected: result.rejected,
    dropped: result.dropped,
    warnings: result.warnings,
    rejects: rejectedRows,
    rejects_file: rejectsFile,
  };
}
