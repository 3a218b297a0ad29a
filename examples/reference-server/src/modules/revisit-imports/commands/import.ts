import { InputError, systemClock } from "@recallkit/core";
import { type AddCommand, type CommandContext, commandGroup, wholeNumber } from "../../../cli/command.js";
import { withKit } from "../../../cli/database.js";
import { progressDisplay } from "../../../cli/progress.js";
import { noteChange } from "../../../cli/server-context.js";
import { importInitial, importPending, type TreeOutcome, type TreeResult } from "../import-tree.js";

interface Flags {
  readonly initial?: string;
  readonly incremental?: string;
  readonly settleMs: number;
}

const SETTLE_MS = 1_000;

/** `revisit import`: takes the folder of the institutions over. */
export const addImport: AddCommand = (program, { say, action }) => {
  commandGroup(program, "revisit", say("客户回访", "customer revisits"))
    .command("import")
    .description(
      say(
        "导入机构、客户与消费记录；有误的行逐条列出，其余照常写入，重复导入不做修改",
        "import institutions, customers and purchases; wrong rows are listed, the others are taken, and a repeat changes nothing",
      ),
    )
    .option("--initial <folder>", say("初始全量数据所在的导入目录", "import folder whose whole data is taken"))
    .option(
      "--incremental <folder>",
      say(
        "增量数据所在的导入目录；文件随后移到 processed/ 或 failed/",
        "import folder whose pending files are taken, and then moved to processed/ or failed/",
      ),
    )
    .option(
      "--settle-ms <ms>",
      say(
        "两次查看文件之间的间隔；其间变化的文件留到下次",
        "time between two looks; a file that changes is left alone",
      ),
      wholeNumber(0, 600_000),
      SETTLE_MS,
    )
    .action(action((context, flags: Flags) => run(context, flags)));
};

async function run(context: CommandContext, { initial, incremental, settleMs }: Flags): Promise<void> {
  if ((initial === undefined) === (incremental === undefined)) {
    const message = context.say("--initial 与 --incremental 二选一", "either --initial or --incremental is needed");
    throw new InputError([{ path: "folder", code: "input.invalid", message }]);
  }
  await withKit(context, async (_, kit) => {
    const parts = { kit, stores: kit.stores, clock: systemClock };
    const display = progressDisplay(context.io);
    const { signal } = context.io;
    const options = {
      signal,
      wait: () => systemClock.sleep(settleMs, signal),
      onProgress: ({ name }: { readonly name: string }, { rows, bytes, totalBytes }: Progress) =>
        display.show(name, bytes, totalBytes, context.say(`${rows} 条`, `${rows} rows`)),
    };
    try {
      const result =
        initial === undefined
          ? await importPending(parts, incremental ?? "", options)
          : await importInitial(parts, initial, options);
      display.finish();
      await noteChange(context, { stores: kit.stores, clock: systemClock }, "institutions.import", null);
      context.answer(shape(result), () => text(context, result));
    } finally {
      display.stop();
    }
  });
}

interface Progress {
  readonly rows: number;
  readonly bytes: number;
  readonly totalBytes: number;
}

function shape({ files, others, counts, hasFaults }: TreeResult) {
  return {
    ...counts,
    has_faults: hasFaults,
    not_read: others,
    files: files.map((file) => {
      const { name, kind, state, institution } = file;
      if (!("rows" in file)) return { file: name, kind, institution, state };
      const { rows, inserted, updated, unchanged, rejected, dropped, fault, movedTo } = file;
      const all = { rows, inserted, updated, unchanged, rejected, dropped };
      return {
        file: name,
        kind,
        institution,
        state,
        ...all,
        fault: fault && { code: fault.code, ...fault.params },
        moved_to: movedTo,
      };
    }),
  };
}

function text({ say }: CommandContext, { files, others, counts }: TreeResult): string {
  const states: Readonly<Record<TreeOutcome["state"], string>> = {
    done: say("完成", "done"),
    unchanged: say("未变化", "unchanged"),
    failed: say("失败", "failed"),
    taken: say("其他进程正在导入", "another process is at it"),
    moving: say("仍在写入，下次再导", "still being written, left for the next run"),
    "unknown-institution": say("机构不存在", "no such institution"),
  };
  const figures = (all: typeof counts) =>
    say(
      `${all.rows} 条：新增 ${all.inserted}，更新 ${all.updated}，未变 ${all.unchanged}，拒绝 ${all.rejected}，部分未取 ${all.dropped}`,
      `${all.rows} rows: ${all.inserted} new, ${all.updated} changed, ${all.unchanged} unchanged, ${all.rejected} rejected, ${all.dropped} in part`,
    );
  const lines = files.map((file) => {
    const mark = file.state === "failed" || file.state === "unknown-institution" ? "❌" : "✅";
    const place =
      "fault" in file && file.fault?.params
        ? `（${file.fault.code}, ${file.fault.params.line}:${file.fault.params.column}）`
        : "";
    return `${mark} ${file.name}  ${states[file.state]}${place}${"rows" in file ? `  ${figures(file)}` : ""}`;
  });
  const unread = others.map(
    (name) => `○ ${name}  ${say("文件名不在约定中，未读取", "not one of the names, not read")}`,
  );
  return [...lines, ...unread, `${say("合计", "in all")}  ${figures(counts)}`].join("\n");
}
