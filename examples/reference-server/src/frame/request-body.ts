import { isUtf8 } from "node:buffer";
import express, { type Request, type Response } from "express";
import { HttpError } from "./http-error.js";
import { checkJsonShape } from "./json-shape.js";
import type { AcceptedBytes } from "./route.js";

/** Largest JSON body of a request, bytes. */
const MAX_BODY_BYTES = 1024 * 1024;

// `strict: false` also reads texts and numbers, which the route's schema then refuses with a path.
const readJson = express.json({ limit: MAX_BODY_BYTES, strict: false, type: () => true, verify: refuseBrokenText });

/** Decoding would put U+FFFD where a byte is wrong, and store a text that nobody sent. */
function refuseBrokenText(_request: unknown, _response: unknown, body: Buffer, charset: string): void {
  if (charset === "utf-8" && !isUtf8(body)) throw new Error("the body is not UTF-8");
}

/**
 * Reads the body of a request: JSON, or bytes where the route accepts some.
 *
 * @returns `{}` for a request without a JSON body, so that the schema names every missing field
 * @throws {HttpError} 415 for another media type, 400 for JSON that is too deep; the body reader's errors for the rest, bytes that are
 *   not UTF-8 among them
 */
export async function readBody(request: Request, response: Response, accepts?: AcceptedBytes): Promise<unknown> {
  if (accepts) return readBytes(request, response, accepts);
  if (!hasBody(request)) return {};
  if (!request.is(["application/json", "application/*+json"])) throw new HttpError(415, "http.unsupported-media-type");
  await readWith(readJson, request, response);
  const body: unknown = request.body;
  checkJsonShape(body);
  return body ?? (body === null ? null : {});
}

async function readBytes(request: Request, response: Response, accepts: AcceptedBytes): Promise<Buffer> {
  if (!hasBody(request)) return Buffer.alloc(0);
  if (!request.is([...accepts.mediaTypes])) throw new HttpError(415, "http.unsupported-media-type");
  await readWith(express.raw({ limit: accepts.maxBytes, type: () => true }), request, response);
  const body: unknown = request.body;
  return Buffer.isBuffer(body) ? body : Buffer.alloc(0);
}

function readWith(reader: ReturnType<typeof express.json>, request: Request, response: Response): Promise<void> {
  return new Promise((resolve, reject) => {
    reader(request, response, (error?: unknown) => (error ? reject(error) : resolve()));
  });
}

function hasBody(request: Request): boolean {
  return request.headers["transfer-encoding"] !== undefined || Number(request.headers["content-length"] ?? 0) > 0;
}
