import { systemClock } from "@recallkit/core";
import type { ImportProgress } from "@recallkit/import";
import type { CommandContext } from "../../../cli/command.js";
import { progressDisplay } from "../../../cli/progress.js";

/** Rows after which the rate is shown anew, though no further bytes were read. */
const NEWS_ROWS = 1000;

/** Shows how far an import is, how fast, and how long it will take. */
export function importProgress({ io, say }: Pick<CommandContext, "io" | "say">): {
  readonly show: (progress: ImportProgress) => void;
  readonly finish: () => void;
  readonly stop: () => void;
} {
  const display = progressDisplay(io);
  const labels = { judge: say("检查文件", "checking"), write: say("写入数据库", "importing") };
  let phase: ImportProgress["phase"] | undefined;
  let since = 0;
  let last = { bytes: -1, rows: 0 };
  return {
    finish: display.finish,
    stop: display.stop,
    show(progress) {
      const { rows, bytes, totalBytes } = progress;
      const isNews = progress.phase !== phase || bytes !== last.bytes || rows - last.rows >= NEWS_ROWS;
      if (totalBytes === 0 || !isNews) return;
      last = { bytes, rows };
      if (progress.phase !== phase) since = systemClock.monotonic();
      phase = progress.phase;
      const seconds = (systemClock.monotonic() - since) / 1000;
      const rate = seconds > 0 ? Math.round(rows / seconds) : 0;
      const left = bytes > 0 ? Math.ceil((seconds * (totalBytes - bytes)) / bytes) : 0;
      display.show(
        labels[phase],
        bytes,
        totalBytes,
        // Rows are told of by the thousand; of fewer nothing is known yet.
        rows === 0
          ? ""
          : say(`${rows} 行，${rate} 行/秒，剩余约 ${left} 秒`, `${rows} rows, ${rate} rows/s, about ${left} s left`),
      );
    },
  };
}
