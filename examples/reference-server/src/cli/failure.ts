import { ConfigError, InputError, RecallKitError } from "@recallkit/core";
import { CommanderError } from "commander";
import { chineseOf } from "./failure-texts.js";
import type { Say } from "./io.js";

/** What a command's exit code means. */
export const EXIT = { done: 0, failed: 1, usage: 2, interrupted: 130 } as const;

/** The exit code for what ended a command. */
export function exitCodeOf(error: unknown, signal: AbortSignal): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
  if (signal.aborted) return EXIT.interrupted;
  return ConfigError.is(error) || InputError.is(error) ? EXIT.usage : EXIT.failed;
}

/** What ended a command, in one line: code, message, hint. Undefined when it has been told already. */
export function describeFailure(error: unknown, signal: AbortSignal, say: Say): string | undefined {
  if (error instanceof CommanderError) return undefined;
  if (signal.aborted)
    return say(
      "interrupted: 已按要求停止，之前完成的保留",
      "interrupted: stopped as asked; what was finished before stays",
    );
  if (!RecallKitError.is(error)) {
    return `bug: ${oneLine(error instanceof Error ? `${error.name}: ${error.message}` : String(error))}`;
  }
  if (say("zh", "en") === "zh") return `${error.code}: ${oneLine(chineseOf(error))}`;
  const issues = InputError.is(error) ? error.issues.map(({ path, message }) => `${path || "input"} ${message}`) : [];
  const message = issues.length > 0 ? issues.join("; ") : error.message;
  return `${error.code}: ${oneLine(message)}${error.hint === undefined ? "" : ` (${oneLine(error.hint)})`}`;
}

function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, "; ");
}
