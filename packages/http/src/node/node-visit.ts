import type { IncomingMessage } from "node:http";
import { HttpError } from "../http-error.js";
import type { Visit } from "../visit.js";

/** A request of node:http, after a body parser of the host perhaps. */
export type NodeRequest = IncomingMessage & { readonly body?: unknown };

/** Where a request of node:http stands for the frame. */
export interface NodePlace {
  /** Path and query, with the base path. */
  readonly url: string;
  readonly ip: string;
}

/** A request of node:http as the frame reads it; nothing of the web's own classes is made unless somebody asks. */
export function nodeVisit(request: NodeRequest, { url, ip }: NodePlace): Visit {
  const at = url.indexOf("?");
  const { headers, method = "GET" } = request;
  let gone: AbortController | undefined;
  const hasBody = headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
  const header = (name: string) => {
    const value = headers[name];
    return Array.isArray(value) ? value.join(", ") : value;
  };
  const signal = () => {
    if (!gone) {
      gone = new AbortController();
      const { signal, abort } = { signal: gone.signal, abort: () => gone?.abort() };
      if (request.destroyed && !request.complete) abort();
      else request.socket.once("close", abort);
      return signal;
    }
    return gone.signal;
  };
  return {
    method,
    path: at === -1 ? url : url.slice(0, at),
    search: at === -1 ? "" : url.slice(at + 1),
    header,
    headers: () => Object.fromEntries(Object.keys(headers).map((name) => [name, header(name)])),
    ip,
    hasBody,
    parsed: request.body !== undefined && wasRead(request) ? { value: request.body } : undefined,
    read: (maxBytes) => readAll(request, maxBytes),
    stream: (maxBytes) => piecesOf(request, maxBytes),
    signal,
    request: () => {
      const scheme = "encrypted" in request.socket ? "https" : "http";
      const host = headers.host ?? "localhost";
      const pairs = Object.keys(headers).map((name): [string, string] => [name, header(name) ?? ""]);
      return new Request(new URL(url, `${scheme}://${host}`), { method, headers: pairs, signal: signal() });
    },
  };
}

function wasRead(request: IncomingMessage): boolean {
  return request.readableDidRead || request.readableEnded;
}

/** @throws {HttpError} 413 `http.body-too-large`; 500 `http.body-consumed`; 400 `http.malformed`: it was cut off */
function readAll(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  if (wasRead(request)) return Promise.reject(new HttpError(500, "http.body-consumed"));
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const settle = (end: () => void) => {
      request.off("data", onData).off("end", onEnd).off("error", onCut).off("close", onCut);
      end();
    };
    const onData = (chunk: Buffer) => {
      length += chunk.length;
      if (length <= maxBytes) chunks.push(chunk);
      // The rest is let through unread, so that the caller hears the answer.
      else {
        settle(() => reject(new HttpError(413, "http.body-too-large")));
        request.resume();
      }
    };
    const onEnd = () => settle(() => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)));
    const onCut = () => settle(() => reject(new HttpError(400, "http.malformed")));
    request.on("data", onData).once("end", onEnd).once("error", onCut).once("close", onCut);
  });
}

/** @throws {HttpError} as {@link readAll} does */
async function* piecesOf(request: IncomingMessage, maxBytes: number): AsyncGenerator<Uint8Array> {
  if (wasRead(request)) throw new HttpError(500, "http.body-consumed");
  let length = 0;
  // A request that is destroyed takes its answer with it; what is left of it is let through unread instead.
  const pieces: AsyncIterator<Buffer> = request.iterator({ destroyOnReturn: false });
  try {
    for (;;) {
      const { value, done } = await pieces.next().catch((error: unknown) => {
        throw new HttpError(400, "http.malformed", { cause: error });
      });
      if (done) return;
      length += value.length;
      if (length > maxBytes) throw new HttpError(413, "http.body-too-large");
      yield value;
    }
  } finally {
    await pieces.return?.();
    request.resume();
  }
}
