import { createWriteStream } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { HttpError } from "@recallkit/http";
import type { ServerConfig } from "../../config.js";
import type { ImportJob } from "./job.js";

type Folder = Pick<ServerConfig, "imports">;

/** Where an import's file is. */
export function fileOf({ imports }: Folder, { file }: Pick<ImportJob, "file">): string {
  return join(imports.folder, file);
}

/** Where an import's rejected rows are, if there are any. */
export function rejectsOf(config: Folder, job: Pick<ImportJob, "file">): string {
  return `${fileOf(config, job)}.rejects.csv`;
}

/**
 * Writes an upload down as it comes; only this user may read it.
 *
 * @returns its bytes
 * @throws {HttpError} 413 `http.body-too-large`, 422 `import.empty`, 507 `import.disk-full`; what the body throws
 */
export async function keepUpload(config: Folder, file: string, body: AsyncIterable<Uint8Array>): Promise<number> {
  const path = fileOf(config, { file });
  const { folder, maxBytes } = config.imports;
  let bytes = 0;
  async function* measured() {
    for await (const piece of body) {
      bytes += piece.length;
      if (bytes > maxBytes) throw new HttpError(413, "http.body-too-large");
      yield piece;
    }
  }
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await pipeline(
      Readable.from(measured(), { objectMode: false }),
      createWriteStream(`${path}.part`, { mode: 0o600 }),
    );
    if (bytes === 0) throw new HttpError(422, "import.empty");
    await rename(`${path}.part`, path);
    return bytes;
  } catch (error) {
    await rm(`${path}.part`, { force: true });
    throw isFull(error) ? new HttpError(507, "import.disk-full", { cause: error }) : error;
  }
}

/** Removes an import's files. */
export async function removeFiles(config: Folder, job: Pick<ImportJob, "file">): Promise<void> {
  for (const path of [fileOf(config, job), rejectsOf(config, job), `${rejectsOf(config, job)}.part`]) {
    await rm(path, { force: true });
  }
}

function isFull(error: unknown): boolean {
  return error instanceof Error && "code" in error && ["ENOSPC", "EDQUOT", "EFBIG"].includes(String(error.code));
}
