import { isUtf8 } from "node:buffer";
import { Readable } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import { HttpError } from "./http-error.js";
import { checkJsonShape } from "./json-shape.js";
import type { AcceptedRows } from "./route.js";
import type { Visit } from "./visit.js";

/** Media type of one JSON value a line. */
export const NDJSON = "application/x-ndjson";

const LINE_END = 0x0a;

const DECODERS = { gzip: createGunzip, deflate: createInflate, br: createBrotliDecompress };

/**
 * Rows of NDJSON, parsed as they come; blank lines are passed over.
 *
 * @throws {HttpError} 400 `http.malformed-row` with the 0-based row as path, `http.malformed-text`, `http.malformed`,
 *   `http.body-too-deep`; 413 `http.too-many-rows`, `http.body-too-large`; 415 for an encoding that is not known
 */
export async function readLines(visit: Visit, { maxRows, maxBytes }: AcceptedRows): Promise<readonly unknown[]> {
  const rows: unknown[] = [];
  let line: Uint8Array[] = [];
  let length = 0;
  const end = () => {
    const bytes = line.length === 1 && line[0] ? Buffer.from(line[0]) : Buffer.concat(line);
    line = [];
    const text = textOf(bytes, rows.length);
    if (text.trim() !== "") addRow(rows, text, maxRows);
  };
  for await (const piece of unpacked(visit, maxBytes)) {
    length += piece.length;
    if (length > maxBytes) throw new HttpError(413, "http.body-too-large");
    let from = 0;
    for (let at = piece.indexOf(LINE_END); at >= 0; at = piece.indexOf(LINE_END, from)) {
      line.push(piece.subarray(from, at));
      from = at + 1;
      end();
    }
    if (from < piece.length) line.push(piece.subarray(from));
  }
  end();
  return rows;
}

/** @throws {HttpError} 413 `http.too-many-rows`, with the first row that is too many as path */
export function checkRowCount(rows: readonly unknown[], maxRows: number): void {
  if (rows.length > maxRows) throw tooMany(maxRows);
}

function addRow(rows: unknown[], text: string, maxRows: number): void {
  const path = String(rows.length);
  if (rows.length === maxRows) throw tooMany(maxRows);
  let row: unknown;
  try {
    row = JSON.parse(text);
  } catch {
    throw refused("http.malformed-row", path);
  }
  checkJsonShape(row);
  rows.push(row);
}

function textOf(bytes: Buffer, row: number): string {
  if (!isUtf8(bytes)) throw refused("http.malformed-text", String(row));
  const text = bytes.toString("utf8");
  return row === 0 && text.startsWith("\u{feff}") ? text.slice(1) : text;
}

function refused(code: "http.malformed-row" | "http.malformed-text", path: string): HttpError {
  return new HttpError(400, code, { issues: [{ path, code, message: "" }] });
}

function tooMany(most: number): HttpError {
  const code = "http.too-many-rows";
  const issue = { path: String(most), code, message: "", params: { most } };
  return new HttpError(413, code, { issues: [issue] });
}

async function* unpacked(visit: Visit, maxBytes: number): AsyncGenerator<Uint8Array> {
  const encoding = visit.header("content-encoding")?.toLowerCase() ?? "identity";
  const pieces = piecesOf(visit, maxBytes);
  // Whoever collected the body for us has unpacked it too.
  if (encoding === "identity" || visit.parsed) return yield* pieces;
  if (!isKnown(encoding)) throw new HttpError(415, "http.unsupported-media-type");
  let fault: unknown;
  const source = Readable.from(pieces, { objectMode: false });
  const decoder = DECODERS[encoding]();
  source.once("error", (error) => {
    fault = error;
    decoder.destroy(error);
  });
  try {
    for await (const piece of source.pipe(decoder)) yield piece;
  } catch (error) {
    throw fault ?? new HttpError(400, "http.malformed", { cause: error });
  } finally {
    source.destroy();
    decoder.destroy();
  }
}

function piecesOf(visit: Visit, maxBytes: number): AsyncIterable<Uint8Array> {
  return visit.parsed ? onePiece(Buffer.from(visit.parsed.value as string | Uint8Array)) : visit.stream(maxBytes);
}

async function* onePiece(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

function isKnown(encoding: string): encoding is keyof typeof DECODERS {
  return Object.hasOwn(DECODERS, encoding);
}
