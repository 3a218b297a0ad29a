import { createReadStream } from "node:fs";
import { access } from "node:fs/promises";
import { NotFoundError } from "@recallkit/core";

/** The rows of a rejects file, as they are read. @throws {NotFoundError} `import.no-rejects` */
export async function rejectedRows(path: string): Promise<AsyncIterable<Uint8Array>> {
  await access(path).catch(() => {
    throw new NotFoundError("import.no-rejects", "no row was rejected");
  });
  // Opened when the first piece is asked for, so that an answer which nobody reads leaves nothing open.
  return piecesOf(path);
}

async function* piecesOf(path: string): AsyncGenerator<Uint8Array> {
  yield* createReadStream(path);
}
