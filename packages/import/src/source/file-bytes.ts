import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { fileError, unreadable } from "./import-error.js";

export interface ReadBytesOptions {
  readonly signal?: AbortSignal | undefined;
  /** Told after each piece how many bytes are read. */
  readonly onBytes?: ((read: number) => void) | undefined;
}

/** A file of this machine that can be read any number of times and has to stay as it is meanwhile. */
export interface FileBytes {
  /** As its owner knows it; temporary files have the name of what is in them. */
  readonly name: string;
  readonly path: string;
  readonly size: number;
  /** @throws {RecallKitError} `import.file-changed`, `import.unreadable` */
  read(options?: ReadBytesOptions): AsyncGenerator<Buffer>;
  /** The first bytes. */
  head(length: number): Promise<Buffer>;
  /** @throws {RecallKitError} `import.file-changed` if it isn't the file that was opened any more */
  checkUnchanged(): Promise<void>;
}

/** @throws {RecallKitError} `import.unreadable` */
export async function fileBytes(path: string, name: string = path): Promise<FileBytes> {
  const opened = await identityOf(path, name);
  const checkUnchanged = async () => {
    if ((await identityOf(path, name)).mark !== opened.mark) throw changed(name);
  };
  async function* read({ signal, onBytes }: ReadBytesOptions = {}): AsyncGenerator<Buffer> {
    signal?.throwIfAborted();
    await checkUnchanged();
    if (opened.size === 0) return;
    let count = 0;
    try {
      // `end`: a file that grows is told by the check below, not followed.
      for await (const piece of createReadStream(path, { end: opened.size - 1 }) as AsyncIterable<Buffer>) {
        signal?.throwIfAborted();
        count += piece.length;
        onBytes?.(count);
        yield piece;
      }
    } catch (error) {
      signal?.throwIfAborted();
      throw unreadable(name, error);
    }
    await checkUnchanged();
  }
  return {
    name,
    path,
    size: opened.size,
    read,
    checkUnchanged,
    async head(length) {
      const pieces: Buffer[] = [];
      let count = 0;
      for await (const piece of read()) {
        pieces.push(piece);
        count += piece.length;
        if (count >= length) break;
      }
      return Buffer.concat(pieces).subarray(0, length);
    },
  };
}

async function identityOf(path: string, name: string): Promise<{ readonly size: number; readonly mark: string }> {
  try {
    const { size, ino, dev, mtimeNs } = await stat(path, { bigint: true });
    return { size: Number(size), mark: [size, ino, dev, mtimeNs].join() };
  } catch (error) {
    throw unreadable(name, error);
  }
}

function changed(name: string) {
  return fileError("import.file-changed", `${name} was changed while it was read`, {
    hint: "wait until the program that writes it has finished, then begin again",
  });
}
