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
    read: (maxBytes) => collected(piecesOf(request, maxBytes)),
    stream: (maxBytes) => piecesOf(request, maxBytes),
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
  const { status, headers, body } = answer;
  const isBare = status === 204 || method.toUpperCase() === "HEAD";
  if (typeof body !== "string" && !Buffer.isBuffer(body)) {
    if (isBare) answer.end(false);
    return new Response(isBare ? null : streamOf(body, (isCutShort) => answer.end(isCutShort)), { status, headers });
  }
  const bytes = typeof body === "string" ? Buffer.from(body, "utf8") : body;
  const measured = status === 204 ? headers : { ...headers, "content-length": `${bytes.length}` };
  // Node's buffers are never shared between threads, which the type of a body asks for.
  const response = new Response(isBare ? null : (bytes as Uint8Array<ArrayBuffer>), { status, headers: measured });
  answer.end(false);
  return response;
}

/** Pieces as a stream of the web's own class; `end` is told once whether it was cut short. */
function streamOf(
  body: AsyncIterable<Uint8Array | string>,
  end: (isCutShort: boolean) => void,
): ReadableStream<Uint8Array> {
  const pieces = body[Symbol.asyncIterator]();
  return new ReadableStream({
    async pull(controller) {
      try {
        const { value, done } = await pieces.next();
        if (!done) return controller.enqueue(typeof value === "string" ? Buffer.from(value, "utf8") : value);
        controller.close();
        end(false);
      } catch (error) {
        end(true);
        throw error;
      }
    },
    async cancel() {
      end(true);
      await pieces.return?.();
    },
  });
}

/** @throws {HttpError} 413 `http.body-too-large`; 500 `http.body-consumed`; 400 `http.malformed`: it was cut off */
async function* piecesOf(request: Request, maxBytes: number): AsyncGenerator<Uint8Array> {
  if (request.bodyUsed) throw new HttpError(500, "http.body-consumed");
  if (!request.body) return;
  let length = 0;
  const stream = request.body[Symbol.asyncIterator]();
  try {
    for (;;) {
      const { value, done } = await stream.next().catch((error: unknown) => {
        throw new HttpError(400, "http.malformed", { cause: error });
      });
      if (done) return;
      length += value.length;
      if (length > maxBytes) throw new HttpError(413, "http.body-too-large");
      yield value;
    }
  } finally {
    // Whoever stops early doesn't want the rest.
    await stream.return?.();
  }
}

async function collected(pieces: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const piece of pieces) chunks.push(piece);
  return Buffer.concat(chunks);
}
