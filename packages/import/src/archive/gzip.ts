import { pipeline, Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import type { FileBytes, ReadBytesOptions } from "../source/file-bytes.js";
import { fileError, systemCode } from "../source/import-error.js";
import type { ReadLimits } from "../source/read-limits.js";
import { withinLimits } from "./unpacked.js";

/** What is in a gzip file. @throws {RecallKitError} `import.damaged-gzip`, `import.limit`, those of the file */
export async function* gunzipped(
  file: FileBytes,
  limits: ReadLimits,
  options: ReadBytesOptions,
): AsyncGenerator<Buffer> {
  // The callback is there because pipeline wants one: whatever goes wrong also ends the iteration below.
  const unpacked = pipeline(Readable.from(file.read(options)), createGunzip(), () => {});
  try {
    yield* withinLimits(file.name, unpacked, file.size, limits);
  } catch (error) {
    if (!systemCode(error).startsWith("Z_")) throw error;
    throw fileError("import.damaged-gzip", `${file.name}: the gzip file is cut short or damaged`, {
      cause: error,
      hint: "copy or download it again",
    });
  }
}
