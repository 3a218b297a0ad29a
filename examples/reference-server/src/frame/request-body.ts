import express, { type Request, type Response } from "express";
import { HttpError } from "./http-error.js";

/** Largest body of a request, bytes. */
const MAX_BODY_BYTES = 1024 * 1024;

// `strict: false` also reads texts and numbers, which the route's schema then refuses with a path.
const readJson = express.json({ limit: MAX_BODY_BYTES, strict: false, type: () => true });

/**
 * Reads the JSON body of a request.
 *
 * @returns `{}` for a request without a body, so that the schema names every missing field
 * @throws {HttpError} 415 for another media type; the body reader's errors for the rest
 */
export async function readBody(request: Request, response: Response): Promise<unknown> {
  if (!hasBody(request)) return {};
  if (!request.is(["application/json", "application/*+json"])) throw new HttpError(415, "http.unsupported-media-type");
  await new Promise<void>((resolve, reject) => {
    readJson(request, response, (error?: unknown) => (error ? reject(error) : resolve()));
  });
  const body: unknown = request.body;
  return body ?? (body === null ? null : {});
}

function hasBody(request: Request): boolean {
  return request.headers["transfer-encoding"] !== undefined || Number(request.headers["content-length"] ?? 0) > 0;
}
