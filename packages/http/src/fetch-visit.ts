import { HttpError } from "./http-error.js";
import type { Answer, Visit } from "./visit.js";

/** What a host knows of a request that the request itself does not say. */
export interface FetchInfo {
  /** Address of the caller, for limits and the audit. @default "" */
  readonly ip?: string;
  /** The body as the host has read it: what a JSON parser made of it, or bytes. @default the request's own */
  readonly body?: unknown;
}

/** A request of the web's own class as the frame reads it. */
export function fetchVisit(request: Request, { ip = "", body }: FetchInfo): Visit {
  const { pathname, search } = new URL(request.url);
  return {
    method: request.method.toUpperCase(),
    path: pathname,
    search: search.slice(1),
    header: (name) => request.headers.get(name) ?? undefined,
    headers: () => Object.fromEntries(request.headers),
    ip,
    hasBody: body !== undefined || request.body !== null,
    parsed: body === undefined ? undefined : { value: body },
    read: (maxBytes) => readAll(request, maxBytes),
    signal: () => request.signal,
    // A copy without the body: that stays for us.
    request: () => {
      const { method, url, headers, signal } = request;
      return new Request(url, { method, headers, signal });
    },
  };
}

/** An answer as a response of the web's own class. */
export function fetchResponse(answer: Answer, method: string): Response {
  const bytes = typeof answer.body === "string" ? Buffer.from(answer.body, "utf8") : answer.body;
  const isBare = answer.status === 204 || method.toUpperCase() === "HEAD";
  const headers = answer.status === 204 ? answer.headers : { ...answer.headers, "content-length": `${bytes.length}` };
  // Node's buffers are never shared between threads, which the type of a body asks for.
  const response = new Response(isBare ? null : (bytes as Uint8Array<ArrayBuffer>), { status: answer.status, headers });
  answer.end(false);
  return response;
}

/** @throws {HttpError} 413 `http.body-too-large`; 500 `http.body-consumed`; 400 `http.malformed`: it was cut off */
async function readAll(request: Request, maxBytes: number): Promise<Buffer> {
  if (request.bodyUsed) throw new HttpError(500, "http.body-consumed");
  const chunks: Uint8Array[] = [];
  let length = 0;
  const stream = request.body;
  if (!stream) return Buffer.alloc(0);
  try {
    for await (const chunk of stream) {
      length += chunk.length;
      // Leaving the loop cancels the rest.
      if (length > maxBytes) throw new HttpError(413, "http.body-too-large");
      chunks.push(chunk);
    }
  } catch (error) {
    throw error instanceof HttpError ? error : new HttpError(400, "http.malformed", { cause: error });
  }
  return Buffer.concat(chunks);
}
