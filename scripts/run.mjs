// Starts the programs that the scripts need, and takes them along when the script is asked to stop.
import { spawn } from "node:child_process";
import { constants } from "node:os";
import { delimiter, join } from "node:path";
import { root } from "./workspace.mjs";

const STOP_SIGNALS = /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"]);

// Each program under way listens, and a build runs one for every package.
process.setMaxListeners(0);

/**
 * Runs a program to its end. What it prints goes to stderr, so that stdout stays free for a command's answer.
 *
 * @param {string} command a binary of `node_modules/.bin` or of the PATH
 * @param {string[]} args
 * @param {object} [options]
 * @param {string} [options.cwd] the checkout by default
 * @param {NodeJS.ProcessEnv} [options.env]
 * @param {(chunk: Buffer) => void} [options.onOutput] takes what it prints instead of stderr
 * @param {number} [options.limitMs] ends it after so long
 * @param {boolean} [options.isInherited] leaves it our own stdin, stdout and stderr
 * @returns {Promise<number>} exit code; a signal counts 128 + its number
 */
export function run(command, args, { cwd = root, env = process.env, onOutput, limitMs, isInherited = false } = {}) {
  const binaries = join("node_modules", ".bin");
  const output = onOutput ? "pipe" : process.stderr.fd;
  const child = spawn(command, args, {
    cwd,
    env: { ...env, PATH: [join(cwd, binaries), join(root, binaries), env.PATH].join(delimiter) },
    stdio: isInherited ? "inherit" : ["ignore", output, output],
    shell: process.platform === "win32",
    ...(limitMs !== undefined && { timeout: limitMs }),
  });
  if (onOutput) for (const stream of [child.stdout, child.stderr]) stream?.on("data", onOutput);

  /** @type {NodeJS.Signals | undefined} */
  let stoppedBy;
  /** @param {NodeJS.Signals} signal */
  const stop = (signal) => {
    stoppedBy = signal;
    child.kill(signal);
  };
  for (const signal of STOP_SIGNALS) process.on(signal, stop);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => {
      for (const name of STOP_SIGNALS) process.off(name, stop);
      if (stoppedBy) process.exit(128 + constants.signals[stoppedBy]);
      resolve(code ?? 128 + (signal ? constants.signals[signal] : 0));
    });
  });
}
