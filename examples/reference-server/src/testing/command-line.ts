import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { onTestFinished } from "vitest";
import { runCli } from "../cli/run-cli.js";
import type { Environment } from "../config/environment.js";

/** What a command line did. */
export interface CommandRun {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** The answer read as JSON. */
  readonly answer: Readonly<Record<string, unknown>>;
}

/** A folder with a database in it, removed at the end of the test; `run` works on that database. */
export async function commandLine(env: Environment = {}) {
  const folder = await mkdtemp(join(tmpdir(), "recallkit-test-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, "cli.db");
  const run = (...argv: readonly string[]) =>
    runCommand(argv, { DATABASE_URL: `sqlite:${file}`, DATA_DIR: folder, ...env });
  return { folder, file, run };
}

/** Runs one command line in this process. */
export async function runCommand(argv: readonly string[], env: Environment, signal?: AbortSignal): Promise<CommandRun> {
  const stdout = collector();
  const stderr = collector();
  const code = await runCli(argv, {
    stdout: stdout.stream,
    stderr: stderr.stream,
    env,
    signal: signal ?? new AbortController().signal,
  });
  return {
    code,
    stdout: stdout.text(),
    stderr: stderr.text(),
    get answer() {
      return JSON.parse(stdout.text());
    },
  };
}

function collector() {
  let text = "";
  const stream = new Writable({
    write(chunk, _encoding, done) {
      text += String(chunk);
      done();
    },
  });
  return { stream, text: () => text };
}
