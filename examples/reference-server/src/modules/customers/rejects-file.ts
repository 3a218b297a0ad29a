import { createWriteStream } from "node:fs";
import { access, constants } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { finished } from "node:stream/promises";
import { stringify } from "csv-stringify";
import type { RejectedLine } from "./assemble-order.js";

/** Where rejected lines go. */
export interface RejectsFile {
  readonly path: string;
  add(lines: readonly RejectedLine[]): Promise<void>;
  close(): Promise<void>;
}

/** `FILE.rejects.csv` beside the file, or in the working folder when the file's own takes no files. */
export async function defaultRejectsPath(file: string): Promise<string> {
  const path = `${file}.rejects.csv`;
  const isWritable = await access(dirname(file), constants.W_OK).then(
    () => true,
    () => false,
  );
  return isWritable ? path : basename(path);
}

/** As many cells as the header has, so that any reader takes the file; what is too much stays in the last one. */
function fitted(cells: readonly string[], width: number): readonly string[] {
  const last = cells.slice(width - 1).join(",");
  return Array.from({ length: width }, (_, index) => (index === width - 1 ? last : (cells[index] ?? "")));
}

/** Opens it for its owner only, since the lines hold personal data: line, path, code, message, then the line's own cells. */
export async function openRejectsFile(path: string, header: readonly string[]): Promise<RejectsFile> {
  const csv = stringify();
  const written = finished(csv.pipe(createWriteStream(path, { mode: 0o600 })));
  // Looked at in `close`; until then a failure must not count as unhandled.
  written.catch(() => {});
  const write = async (row: readonly unknown[]) => {
    if (!csv.write(row)) await Promise.race([new Promise((resolve) => csv.once("drain", resolve)), written]);
  };
  await write(["line", "path", "code", "message", ...header]);
  return {
    path,
    async add(lines) {
      for (const { line, cells, fault } of lines) {
        await write([line, fault.path, fault.code, fault.message, ...fitted(cells, header.length)]);
      }
    },
    async close() {
      csv.end();
      await written;
    },
  };
}
