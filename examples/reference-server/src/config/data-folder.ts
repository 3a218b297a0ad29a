import { chmod, mkdir, readdir, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ConfigError } from "@recallkit/core";

/** What the server keeps in its folder: databases with what SQLite puts beside them, the secret key, the first login. */
const KEPT = /\.db(-wal|-shm|-journal)?$|^secret\.key$|^login\.txt$/;
/** Rights of anybody but the owner. */
const OTHERS = 0o077;
/** A folder that many share, as `/tmp`; it is nobody's to close. */
const SHARED = 0o1000;

/** What is written to see whether it can be, bytes: a full disk may take the name of a file and nothing in it. */
const PROBE_BYTES = 16 * 1024;

/**
 * Makes the data folder, and writes into it.
 *
 * @throws {ConfigError} `config.invalid` for DATA_DIR: read-only, full, or not to be made
 */
export async function assertWritable(dataDir: string): Promise<void> {
  const probe = join(dataDir, `.written-by-${process.pid}`);
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
    await writeFile(probe, Buffer.alloc(PROBE_BYTES), { mode: 0o600 });
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "unknown";
    const isFull = /^(ENOSPC|EDQUOT|EFBIG)$/.test(code);
    const text = isFull
      ? `no space is left in the data folder (${code})`
      : `the data folder cannot be written (${code})`;
    const hint = isFull
      ? "free some space, or name another folder by DATA_DIR"
      : "give the folder to the user of the process, or name another one by DATA_DIR";
    throw new ConfigError("config.invalid", "DATA_DIR", `DATA_DIR: ${text}`, { hint, cause });
  } finally {
    await rm(probe, { force: true }).catch(() => {});
  }
}

/** Takes the rights of others from the data folder, if it is there, and from what the server keeps in it. */
export async function makePrivate(dataDir: string): Promise<void> {
  for (const { path, mode } of await openToOthers(dataDir)) {
    // On a file system that can't be written to they stay, and doctor tells.
    await chmod(path, mode & ~OTHERS & 0o777).catch(() => {});
  }
}

/**
 * The folder and the files in it that somebody else may read or write; none without a folder, and on systems without such
 * rights.
 */
export async function openToOthers(
  dataDir: string,
): Promise<readonly { readonly path: string; readonly mode: number }[]> {
  const names = (await readdir(dataDir).catch(() => [])).filter((name) => KEPT.test(name));
  const found = await Promise.all([dataDir, ...names.map((name) => join(dataDir, name))].map(rightsOf));
  return found.filter(({ mode, isOurs }) => isOurs && (mode & OTHERS) !== 0 && (mode & SHARED) === 0);
}

async function rightsOf(path: string) {
  // A file that went meanwhile, as SQLite's do, is nobody's.
  const { mode, uid } = await stat(path).catch(() => ({ mode: 0, uid: -1 }));
  return { path, mode, isOurs: uid === process.getuid?.() };
}
