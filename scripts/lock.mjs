// Lets one process at a time install or build; another one waits for it instead of building over it.
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { root } from "./workspace.mjs";

const lockFile = join(root, ".cache", "prepare.lock");
const POLL_MS = 200;
/** A lock without an owner's number is one being written, or one whose writer died at that moment. */
const UNSIGNED_GRACE_MS = 5_000;

/**
 * @template T
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(work) {
  mkdirSync(join(root, ".cache"), { recursive: true });
  while (!takeLock()) await wait(POLL_MS);
  const release = () => rmSync(lockFile, { force: true });
  process.once("exit", release);
  try {
    return await work();
  } finally {
    process.off("exit", release);
    release();
  }
}

function takeLock() {
  try {
    writeFileSync(lockFile, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error;
    if (isAbandoned()) rmSync(lockFile, { force: true });
    return false;
  }
}

function isAbandoned() {
  try {
    const owner = Number(readFileSync(lockFile, "utf8"));
    if (owner === 0) return Date.now() - statSync(lockFile).mtimeMs > UNSIGNED_GRACE_MS;
    process.kill(owner, 0);
    return false;
  } catch (error) {
    return codeOf(error) === "ESRCH";
  }
}

/** @param {unknown} error */
function codeOf(error) {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
