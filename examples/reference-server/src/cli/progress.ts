import { systemClock } from "@recallkit/core";
import { Presets, SingleBar } from "cli-progress";
import type { CliIo } from "./io.js";

/** Shows how far a command is: a bar on a terminal, else a line now and then. */
export interface ProgressDisplay {
  /** @param detail stands at the end, for example how fast it goes */
  show(label: string, done: number, total: number, detail?: string): void;
  /** Ends the bar; called in any case. */
  stop(): void;
}

const LINE_EVERY_MS = 5000;

/** A display on standard error. */
export function progressDisplay({ stderr }: Pick<CliIo, "stderr">): ProgressDisplay {
  return stderr.isTTY ? bars(stderr) : lines(stderr);
}

function bars(stream: NodeJS.WritableStream): ProgressDisplay {
  let open: { readonly label: string; readonly bar: SingleBar } | undefined;
  const stop = () => {
    open?.bar.stop();
    open = undefined;
  };
  return {
    stop,
    show(label, done, total, detail = "") {
      if (open?.label !== label) {
        stop();
        const format = "{label} {bar} {percentage}% {value}/{total} {detail}";
        const bar = new SingleBar({ stream, format, hideCursor: true, barsize: 30 }, Presets.shades_classic);
        bar.start(total, done, { label, detail });
        open = { label, bar };
      }
      open.bar.setTotal(total);
      open.bar.update(done, { detail });
    },
  };
}

function lines(stream: NodeJS.WritableStream): ProgressDisplay {
  let last = { label: "", at: Number.NEGATIVE_INFINITY };
  return {
    stop() {},
    show(label, done, total, detail = "") {
      const at = systemClock.monotonic();
      const isNews = label !== last.label || at - last.at >= LINE_EVERY_MS;
      if (!isNews && done < total) return;
      last = { label, at };
      stream.write(
        `${label} ${total > 0 ? Math.floor((done / total) * 100) : 100}% (${done}/${total})${detail && ` ${detail}`}\n`,
      );
    },
  };
}
