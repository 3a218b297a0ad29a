import { isUtf8 } from "node:buffer";
import { Readable } from "node:stream";
import { promisify } from "node:util";
import { brotliDecompress, gunzip, inflate } from "node:zlib";
import { HttpError } from "./http-error.js";
import { checkJsonShape } from "./json-shape.js";
import { checkRowCount, NDJSON, readLines } from "./request-rows.js";
import type { AcceptedBytes, RouteFacts } from "./route.js";
import type { Visit } from "./visit.js";

/** Largest JSON body of a request, bytes. */
const MAX_BODY_BYTES = 1024 * 1024;

/** What browsers send for a form without files. */
const FORM = "application/x-www-form-urlencoded";
const JSON_TYPE = /^application\/(?:json|[\w.+-]+\+json)$/;

const DECODERS = { gzip: promisify(gunzip), deflate: promisify(inflate), br: promisify(brotliDecompress) };

/** Most entries of all lists and objects in a body of rows together. */
const MAX_ROW_ENTRIES = 1_000_000;

/**
 * The body of a request: JSON, or what the route takes instead; what the host has parsed already is taken over.
 *
 * @returns `{}` for a request without a JSON body, so that the schema names every missing field
 * @throws {HttpError} 415 `http.unsupported-media-type`; 413 `http.body-too-large`, `http.too-many-entries`,
 *   `http.too-many-rows`; 400 `http.malformed-json`, `http.malformed-row`, `http.malformed-text`, `http.malformed`,
 *   `http.body-too-deep`; 500 `http.body-consumed`
 */
export async function readBody(
  visit: Visit,
  { accepts, rows, takesForm = false }: Pick<RouteFacts, "accepts" | "rows" | "takesForm">,
): Promise<unknown> {
  if (accepts) return accepts.isStreamed ? streamBytes(visit, accepts) : readBytes(visit, accepts);
  if (!visit.hasBody) return {};
  const { type, charset } = contentType(visit);
  if (charset !== "utf-8") throw new HttpError(415, "http.unsupported-media-type");
  if (rows && type === NDJSON && !isStructured(visit.parsed)) return readLines(visit, rows);
  if (takesForm && type === FORM) return readForm(visit);
  if (!JSON_TYPE.test(type)) throw new HttpError(415, "http.unsupported-media-type");
  const maxBytes = rows?.maxBytes ?? MAX_BODY_BYTES;
  const body = isStructured(visit.parsed) ? visit.parsed.value : parse(await bytesOf(visit, maxBytes));
  checkJsonShape(body, rows ? MAX_ROW_ENTRIES : undefined);
  if (rows && Array.isArray(body)) checkRowCount(body, rows.maxRows);
  return body;
}

/** Fields of a form by name; of a name that comes twice the first value, as browsers show it. */
async function readForm(visit: Visit): Promise<unknown> {
  const { parsed } = visit;
  if (isStructured(parsed)) return parsed.value;
  const bytes = await bytesOf(visit, MAX_BODY_BYTES);
  if (!isUtf8(bytes)) throw new HttpError(400, "http.malformed-text");
  const fields = [...new URLSearchParams(bytes.toString("utf8"))].toReversed();
  // What decoding puts where a byte is wrong: nobody sent that text.
  if (fields.some((field) => field.join().includes("\u{fffd}"))) throw new HttpError(400, "http.malformed-text");
  const form: unknown = Object.fromEntries(fields);
  checkJsonShape(form);
  return form;
}

function streamBytes(visit: Visit, { mediaTypes, maxBytes }: AcceptedBytes): AsyncIterable<Uint8Array> {
  if (visit.hasBody && !isAmong(mediaTypes, visit)) {
    throw new HttpError(415, "http.unsupported-media-type");
  }
  const { parsed } = visit;
  if (isStructured(parsed)) throw new HttpError(500, "http.body-consumed");
  return parsed ? Readable.from([collected(parsed, maxBytes)]) : visit.stream(maxBytes);
}

async function readBytes(visit: Visit, { mediaTypes, maxBytes }: AcceptedBytes): Promise<Buffer> {
  if (!visit.hasBody) return Buffer.alloc(0);
  if (!isAmong(mediaTypes, visit)) throw new HttpError(415, "http.unsupported-media-type");
  if (isStructured(visit.parsed)) throw new HttpError(500, "http.body-consumed");
  return bytesOf(visit, maxBytes);
}

function isAmong(mediaTypes: readonly string[], visit: Visit): boolean {
  return mediaTypes.includes("*/*") || mediaTypes.includes(contentType(visit).type);
}

/** True for what a parser made of the bytes, and not the bytes or their text. */
function isStructured(parsed: Visit["parsed"]): parsed is { readonly value: unknown } {
  return parsed !== undefined && typeof parsed.value !== "string" && !(parsed.value instanceof Uint8Array);
}

/** The bytes of the body, whether the host has collected them or nobody has; decompressed. */
async function bytesOf(visit: Visit, maxBytes: number): Promise<Buffer> {
  const { parsed } = visit;
  // Whoever collected them for us has decompressed them too.
  if (parsed) return collected(parsed, maxBytes);
  const encoding = visit.header("content-encoding")?.toLowerCase() ?? "identity";
  if (encoding === "identity") return visit.read(maxBytes);
  if (!isKnown(encoding)) throw new HttpError(415, "http.unsupported-media-type");
  const packed = await visit.read(maxBytes);
  try {
    return await DECODERS[encoding](packed, { maxOutputLength: maxBytes });
  } catch (error) {
    const isTooLarge = error instanceof RangeError;
    throw isTooLarge ? new HttpError(413, "http.body-too-large") : new HttpError(400, "http.malformed");
  }
}

/** Bytes or text that the host has collected. @throws {HttpError} 413 `http.body-too-large` */
function collected({ value }: NonNullable<Visit["parsed"]>, maxBytes: number): Buffer {
  const bytes = Buffer.from(value as string | Uint8Array);
  if (bytes.length > maxBytes) throw new HttpError(413, "http.body-too-large");
  return bytes;
}

function parse(bytes: Buffer): unknown {
  if (bytes.length === 0) return {};
  // Decoding would put U+FFFD where a byte is wrong, and store a text that nobody sent.
  if (!isUtf8(bytes)) throw new HttpError(400, "http.malformed-text");
  const text = bytes.toString("utf8");
  try {
    // A mark of byte order is no part of JSON.
    return JSON.parse(text.startsWith("\u{feff}") ? text.slice(1) : text);
  } catch {
    throw new HttpError(400, "http.malformed-json");
  }
}

function contentType(visit: Visit): { readonly type: string; readonly charset: string } {
  const [type = "", ...parameters] = (visit.header("content-type") ?? "").toLowerCase().split(";");
  const charset = parameters.map((one) => /^\s*charset="?([\w-]+)"?\s*$/.exec(one)?.[1]).find(Boolean) ?? "utf-8";
  return { type: type.trim(), charset: charset === "utf8" ? "utf-8" : charset };
}

function isKnown(encoding: string): encoding is keyof typeof DECODERS {
  return Object.hasOwn(DECODERS, encoding);
}
