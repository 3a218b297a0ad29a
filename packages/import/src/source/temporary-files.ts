import { createWriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { diskFull, isDiskFull } from "./disk-full.js";

/** A folder for what has to be read more than once; it is made with the first file. */
export interface TemporaryFiles {
  /**
   * Writes everything down and gives the path.
   *
   * @throws {RecallKitError} `import.disk-full`; whatever `pieces` throw
   */
  keep(pieces: AsyncIterable<Uint8Array>, signal?: AbortSignal): Promise<string>;
  /** Removes the folder with all files. */
  remove(): Promise<void>;
}

/** @param parent folder in which the temporary folder is made @default the system's */
export function temporaryFiles(parent: string = tmpdir()): TemporaryFiles {
  let folder: Promise<string> | undefined;
  let count = 0;
  return {
    async keep(pieces, signal) {
      folder ??= mkdtemp(join(parent, "recallkit-import-"));
      const path = join(await folder, String(count));
      count += 1;
      await writeDown(path, pieces, signal);
      return path;
    },
    async remove() {
      if (folder) await rm(await folder, { recursive: true, force: true });
      folder = undefined;
    },
  };
}

/** Writes pieces to a file. @throws {RecallKitError} `import.disk-full`; whatever `pieces` throw */
export async function writeDown(path: string, pieces: AsyncIterable<Uint8Array>, signal?: AbortSignal): Promise<void> {
  try {
    await pipeline(Readable.from(pieces, { objectMode: true }), createWriteStream(path), signal ? { signal } : {});
  } catch (error) {
    signal?.throwIfAborted();
    throw isDiskFull(error) ? diskFull(`the file can't be unpacked to ${path}`, error) : error;
  }
}
