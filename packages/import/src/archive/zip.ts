import { isUtf8 } from "node:buffer";
import { crc32 } from "node:zlib";
import { RecallKitError } from "@recallkit/core";
import { type Entry, openPromise, type ZipFile } from "yauzl";
import type { FileBytes, ReadBytesOptions } from "../source/file-bytes.js";
import { fileError } from "../source/import-error.js";
import type { ReadLimits } from "../source/read-limits.js";
import { textOf } from "../text/encoding.js";
import { withinLimits } from "./unpacked.js";

/** A file in a zip archive. */
export interface ZipEntry {
  readonly name: string;
  /** Unpacked bytes. */
  readonly size: number;
  /** @throws {RecallKitError} `import.encrypted`, `import.damaged-zip`, `import.limit` */
  read(options?: ReadBytesOptions): AsyncGenerator<Buffer>;
}

export interface ZipArchive {
  /** Without folders and what operating systems add. */
  readonly entries: readonly ZipEntry[];
  close(): void;
}

const MOST_ENTRIES = 10_000;
const NOISE = /(^|\/)(__MACOSX\/|\.DS_Store$|Thumbs\.db$|desktop\.ini$|\.)/;

/** @throws {RecallKitError} `import.damaged-zip`, `import.limit` */
export async function openZip(file: FileBytes, limits: ReadLimits): Promise<ZipArchive> {
  let zip: ZipFile | undefined;
  try {
    zip = await openPromise(file.path, { autoClose: false, lazyEntries: true, decodeStrings: false });
    if (zip.entryCount > MOST_ENTRIES)
      throw fileError("import.limit", `${file.name} holds ${zip.entryCount} files`, { hint: "pack the table alone" });
    const entries: ZipEntry[] = [];
    for await (const entry of zip.eachEntry()) {
      const name = nameOf(entry);
      if (!name.endsWith("/") && !NOISE.test(name)) entries.push(entryOf(file, zip, entry, name, limits));
    }
    const opened = zip;
    return { entries, close: () => opened.close() };
  } catch (error) {
    zip?.close();
    throw RecallKitError.is(error) ? error : damaged(file.name, error);
  }
}

function nameOf({ fileNameRaw }: Entry): string {
  return isUtf8(fileNameRaw) ? fileNameRaw.toString("utf8") : textOf(fileNameRaw, "gb18030");
}

function entryOf(file: FileBytes, zip: ZipFile, entry: Entry, name: string, limits: ReadLimits): ZipEntry {
  return {
    name,
    size: entry.uncompressedSize,
    async *read({ signal, onBytes } = {}) {
      signal?.throwIfAborted();
      if (entry.isEncrypted())
        throw fileError("import.encrypted", `${file.name} is protected by a password`, {
          hint: "save it without one",
        });
      await file.checkUnchanged();
      let count = 0;
      let sum = 0;
      try {
        const stream: AsyncIterable<Buffer> = await zip.openReadStreamPromise(entry);
        for await (const piece of withinLimits(file.name, stream, entry.compressedSize, limits)) {
          signal?.throwIfAborted();
          count += piece.length;
          sum = crc32(piece, sum);
          onBytes?.(count);
          yield piece;
        }
      } catch (error) {
        signal?.throwIfAborted();
        throw RecallKitError.is(error) ? error : damaged(file.name, error);
      }
      if (sum !== entry.crc32) throw damaged(file.name, undefined);
      await file.checkUnchanged();
    },
  };
}

function damaged(name: string, cause: unknown) {
  return fileError("import.damaged-zip", `${name}: the packed file is cut short or damaged`, {
    cause,
    hint: "copy or download it again",
  });
}
