import { createReadStream } from "node:fs";
import { pipeline, Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { RecallKitError } from "@recallkit/core";
import { fileError } from "./import-fault.js";

export interface ReadFileOptions {
  /** Told after each piece how many bytes of the file are read, packed ones if it is packed. */
  readonly onBytes?: ((read: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The bytes of a UTF-8 text file piece by piece, unpacked when the file begins like gzip, whatever its name.
 *
 * @throws {RecallKitError} `import.unreadable`, `import.damaged-gzip`, `import.binary`, `import.not-utf8`
 */
export async function* readTextFile(file: string, options: ReadFileOptions = {}): AsyncGenerator<Buffer> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  try {
    for await (const piece of unpacked(piecesOf(file, options))) {
      options.signal?.throwIfAborted();
      if (piece.includes(0)) throw fileError("import.binary", "the file is no text: it holds NUL bytes", SAVE_AS_CSV);
      decoder.decode(piece, { stream: true });
      yield piece;
    }
    decoder.decode();
  } catch (error) {
    options.signal?.throwIfAborted();
    throw RecallKitError.is(error) ? error : translated(error);
  }
}

const SAVE_AS_CSV = "export the table as CSV UTF-8, packed with gzip or not";

async function* piecesOf(file: string, { onBytes }: ReadFileOptions): AsyncGenerator<Buffer> {
  let read = 0;
  for await (const piece of createReadStream(file)) {
    read += piece.length;
    onBytes?.(read);
    yield piece;
  }
}

async function* unpacked(pieces: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  let head = Buffer.alloc(0);
  while (head.length < 2) {
    const next = await pieces.next();
    if (next.done) break;
    head = Buffer.concat([head, next.value]);
  }
  const all = (async function* () {
    if (head.length > 0) yield head;
    yield* pieces;
  })();
  if (head[0] !== 0x1f || head[1] !== 0x8b) {
    yield* all;
    return;
  }
  // The callback is there because pipeline wants one: whatever goes wrong also ends the iteration below.
  yield* pipeline(Readable.from(all), createGunzip(), () => {});
}

function translated(error: unknown): RecallKitError {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (code === "ERR_ENCODING_INVALID_ENCODED_DATA") {
    const hint = "save it as UTF-8, for example with: iconv -f GB18030 -t UTF-8";
    return fileError("import.not-utf8", "the file is not UTF-8", hint, error);
  }
  if (code.startsWith("Z_")) {
    const hint = "copy or download it again";
    return fileError("import.damaged-gzip", "the gzip file is cut short or damaged", hint, error);
  }
  const reason = code === "ENOENT" ? "there is no such file" : `the file cannot be read (${code || "unknown"})`;
  return fileError("import.unreadable", reason, undefined, error);
}
