import { systemClock } from "@recallkit/core";
import { Presets, SingleBar } from "cli-progress";
import type { CliIo } from "./io.js";

/** Shows how far a command is: a bar on a terminal, else a line now and then. */
export interface ProgressDisplay {
  /**
   * A step under another label means that the one before is done, so that one ends at 100 %.
   *
   * @param detail stands at the end, for example how fast it goes
   */
  show(label: string, done: number, total: number, detail?: string): void;
  /** The work is done: what was shown last ends at 100 %. */
  finish(): void;
  /** Ends the bar where it stands; called in any case. */
  stop(): void;
}

/** What is on the screen of one step. */
interface Step {
  readonly label: string;
  readonly done: number;
  readonly total: number;
  readonly detail: string;
}

/** How steps get to the screen. */
interface Screen {
  draw(step: Step): void;
  end(): void;
}

const LINE_EVERY_MS = 5000;

/** A display on standard error. */
export function progressDisplay({ stderr }: Pick<CliIo, "stderr">): ProgressDisplay {
  const screen = stderr.isTTY ? bars(stderr) : lines(stderr);
  let shown: Step | undefined;
  const end = () => {
    shown = undefined;
    screen.end();
  };
  const finish = () => {
    if (shown && shown.done < shown.total) screen.draw({ ...shown, done: shown.total });
    end();
  };
  return {
    show(label, done, total, detail = "") {
      if (shown && shown.label !== label) finish();
      shown = { label, done, total, detail };
      screen.draw(shown);
    },
    finish,
    stop: end,
  };
}

function bars(stream: NodeJS.WritableStream): Screen {
  let bar: SingleBar | undefined;
  return {
    draw({ label, done, total, detail }) {
      if (!bar) {
        const format = "{label} {bar} {percentage}% {value}/{total} {detail}";
        bar = new SingleBar({ stream, format, hideCursor: true, barsize: 30 }, Presets.shades_classic);
        bar.start(total, done, { label, detail });
      }
      bar.setTotal(total);
      bar.update(done, { detail });
    },
    end() {
      bar?.stop();
      bar = undefined;
    },
  };
}

function lines(stream: NodeJS.WritableStream): Screen {
  let last = { at: Number.NEGATIVE_INFINITY, line: "" };
  return {
    draw({ label, done, total, detail }) {
      const at = systemClock.monotonic();
      const isEnd = done >= total;
      if (!isEnd && at - last.at < LINE_EVERY_MS) return;
      const percent = total > 0 ? Math.floor((done / total) * 100) : 100;
      const line = `${label} ${percent}% (${done}/${total})`;
      // The end may be told more than once, with another rate each time.
      if (line === last.line) return;
      last = { at, line };
      stream.write(`${line}${detail && ` ${detail}`}\n`);
    },
    end() {
      last = { at: Number.NEGATIVE_INFINITY, line: "" };
    },
  };
}
