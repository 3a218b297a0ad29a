import { chmod, readdir, stat } from "node:fs/promises";
import { join } from "node:path";

/** What the server keeps in its folder: databases with what SQLite puts beside them, the secret key, the first login. */
const KEPT = /\.db(-wal|-shm|-journal)?$|^secret\.key$|^login\.txt$/;
/** Rights of anybody but the owner. */
const OTHERS = 0o077;
/** A folder that many share, as `/tmp`; it is nobody's to close. */
const SHARED = 0o1000;

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
