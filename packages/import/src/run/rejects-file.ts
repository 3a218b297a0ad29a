import { createReadStream } from "node:fs";
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { fileError, systemCode } from "../source/import-error.js";
import type { RejectedRow, RejectsSink } from "./import-options.js";

const BOM = "\ufeff";
/** Columns after those of the file. */
const OWN = ["reject_line", "reject_path", "reject_code", "reject_message"] as const;
const PIECE = 64 * 1024;

/** A file of rejected rows. */
export interface RejectsFile extends RejectsSink {
  readonly path: string;
  /** Rows so far. */
  count(): number;
  /** Puts the file in its place; where no row was rejected, none is made and an earlier one is removed. */
  close(): Promise<void>;
  /** Leaves everything as it was; after `close` nothing happens. */
  discard(): Promise<void>;
}

/** Options of {@link rejectsFile}. */
export interface RejectsFileOptions {
  /** Text of a code for people. @default the row's English message */
  readonly textOf?: ((row: RejectedRow) => string) | undefined;
}

/**
 * Writes rejected rows as CSV that Excel opens as it is: the columns of the file, then line, field, code and message. Once
 * corrected it can be imported like the file itself. It is readable by its owner only, and appears whole or not at all.
 */
export function rejectsFile(path: string, { textOf = ({ message }) => message }: RejectsFileOptions = {}): RejectsFile {
  const temporary = `${path}.part`;
  let handle: FileHandle | undefined;
  let width = 0;
  let count = 0;
  let buffer = "";
  const failing = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      const code = systemCode(error);
      throw fileError("import.rejects-unwritable", `the rejected rows cannot be written to ${path} (${code})`, {
        cause: error,
        hint: "name another file",
      });
    }
  };
  const write = async (cells: readonly string[]) => {
    buffer += `${cells.map(quoted).join(",")}\r\n`;
    if (buffer.length >= PIECE) await flush();
  };
  const flush = async () => {
    const text = buffer;
    buffer = "";
    await failing(async () => handle?.appendFile(text));
  };
  const drop = async () => {
    await handle?.close();
    handle = undefined;
    await rm(temporary, { force: true });
  };
  let header: readonly string[] = [];
  return {
    path,
    count: () => count,
    async begin(columns) {
      await drop();
      [width, count, buffer, header] = [columns.length, 0, "", columns];
    },
    async add(row) {
      if (!handle) {
        handle = await failing(() => open(temporary, "w", 0o600));
        buffer = BOM;
        await write([...header, ...OWN]);
      }
      count += 1;
      await write([...fitted(row.cells, width), String(row.line), row.path, row.code, textOf(row)]);
    },
    async close() {
      if (count === 0) {
        await drop();
        if (await isOurs(path)) await rm(path, { force: true });
        return;
      }
      await flush();
      await failing(async () => {
        await handle?.close();
        await rename(temporary, path);
      });
      handle = undefined;
      count = 0;
    },
    discard: drop,
  };
}

/** As many cells as the header has, so that any reader takes the file; what is too much stays in the last one. */
function fitted(cells: readonly string[], width: number): readonly string[] {
  if (cells.length <= width) return [...cells, ...Array<string>(width - cells.length).fill("")];
  return [...cells.slice(0, width - 1), cells.slice(width - 1).join(",")];
}

/** A cell that Excel takes for a formula gets the apostrophe that makes it a text; imports take it away again. */
function quoted(cell: string): string {
  const text = /^[=@]|^[+-](?![\d.,\s()-]*$)/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Whether a file is one that this module has written. */
async function isOurs(path: string): Promise<boolean> {
  try {
    for await (const piece of createReadStream(path, { end: PIECE, encoding: "utf8" })) {
      const [first = ""] = String(piece).split("\r\n");
      return first.startsWith(BOM) && first.endsWith(OWN.join(","));
    }
  } catch {
    // None is there, or it can't be read: it stays as it is.
  }
  return false;
}
