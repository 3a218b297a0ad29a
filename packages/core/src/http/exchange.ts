import type { Dispatcher } from "undici";
import type { Clock } from "../clock.js";
import { type ErrorCode, TransportError } from "../errors.js";
import type { HttpRequest, HttpResponse } from "../ports/http-transport.js";

const DEFAULT_TIMEOUT_MS = 15_000;
const DEFAULT_MAX_BYTES = 10 * 1024 * 1024;

/**
 * One request and its answer over a dispatcher.
 *
 * Messages name no path and no query, which may hold an access token.
 *
 * @throws {TransportError} `transport.invalid-request`, `.unreachable`, `.deadline`, `.timeout`, `.aborted`,
 *   `.interrupted`, `.too-large`
 */
export function exchange(dispatcher: Dispatcher, clock: Clock, request: HttpRequest): Promise<HttpResponse> {
  const { timeoutMs = DEFAULT_TIMEOUT_MS, maxBytes = DEFAULT_MAX_BYTES, writeBy, signal } = request;
  return new Promise((resolve, reject) => {
    const timer = new AbortController();
    let connection: Dispatcher.DispatchController | undefined;
    let written = false;
    let settled = false;

    const settle = (): boolean => {
      if (settled) return false;
      settled = true;
      timer.abort();
      signal?.removeEventListener("abort", onAbort);
      return true;
    };
    const fail = (code: ErrorCode, message: string, cause?: unknown): void => {
      if (!settle()) return;
      const error = new TransportError(code, message, { written, cause });
      reject(error);
      connection?.abort(error);
    };
    const onAbort = (): void => fail("transport.aborted", "the call was aborted", signal?.reason);

    if (signal?.aborted) return onAbort();
    if (!URL.canParse(request.url)) return fail("transport.invalid-request", "the request has no absolute URL");
    signal?.addEventListener("abort", onAbort, { once: true });
    void clock
      .sleep(timeoutMs, timer.signal)
      .then(() => fail("transport.timeout", `no whole answer in ${timeoutMs} ms`));

    const answer = collectAnswer(maxBytes);
    const { origin, pathname, search } = new URL(request.url);
    dispatcher.dispatch(
      {
        origin,
        path: pathname + search,
        method: request.method,
        headers: { ...request.headers },
        body: request.body ?? null,
      },
      {
        // The connection is open and the request is written as soon as this returns: the last moment to say no.
        onRequestStart(controller) {
          connection = controller;
          if (settled) return controller.abort(new Error("the call is over"));
          if (written) return fail("transport.interrupted", "the connection was lost");
          if (writeBy !== undefined && clock.monotonic() > writeBy) {
            return fail("transport.deadline", "the send deadline passed before the request was written");
          }
          written = true;
        },
        onResponseStart(_, status, headers) {
          if (!answer.start(status, headers)) tooLarge();
        },
        onResponseData(_, chunk) {
          if (!answer.add(chunk)) tooLarge();
        },
        onResponseEnd() {
          if (settle()) resolve(answer.whole());
        },
        onResponseError(_, error) {
          if (written) fail("transport.interrupted", "the connection was lost before the whole answer came", error);
          else if (isInvalid(error)) fail("transport.invalid-request", "the request cannot be written as HTTP", error);
          else fail("transport.unreachable", `no connection to ${origin}`, error);
        },
      },
    );

    function tooLarge(): void {
      fail("transport.too-large", `the answer is larger than ${maxBytes} bytes`);
    }
  });
}

function isInvalid(error: Error): boolean {
  return "code" in error && error.code === "UND_ERR_INVALID_ARG";
}

/** Puts an answer together; `start` and `add` say false once it is larger than `maxBytes`. */
function collectAnswer(maxBytes: number) {
  const chunks: Buffer[] = [];
  let head: Pick<HttpResponse, "status" | "headers"> = { status: 0, headers: {} };
  let size = 0;
  return {
    start(status: number, headers: Readonly<Record<string, string | string[] | undefined>>): boolean {
      head = { status, headers: joinRepeated(headers) };
      return !(Number(head.headers["content-length"]) > maxBytes);
    },
    add(chunk: Buffer): boolean {
      size += chunk.length;
      if (size > maxBytes) return false;
      chunks.push(chunk);
      return true;
    },
    whole: (): HttpResponse => ({ ...head, body: new Uint8Array(Buffer.concat(chunks, size)) }),
  };
}

function joinRepeated(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name.toLowerCase(),
      Array.isArray(value) ? value.join(", ") : (value ?? ""),
    ]),
  );
}
