#!/usr/bin/env node
import { runCli } from "./cli/run-cli.js";

const stop = new AbortController();
let signals = 0;
const onSignal = () => {
  signals += 1;
  // Asked twice, the process ends where it is; the first time it ends cleanly.
  if (signals > 1) process.exit(130);
  stop.abort(new Error("interrupted"));
};
process.on("SIGINT", onSignal);
process.on("SIGTERM", onSignal);
// Whoever read the answer may have read enough.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  process.exit(error.code === "EPIPE" ? 0 : 1);
});

process.exitCode = await runCli(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  stdin: process.stdin,
  env: process.env,
  signal: stop.signal,
});
