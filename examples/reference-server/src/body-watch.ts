import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import type { Clock } from "@recallkit/core";

/** What an upload has to bring within the time of a whole request, bytes: about 2 KB/s at the usual 30 s. */
const LEAST_BYTES = 64 * 1024;

/** Why a watch is over; without a reason every request would make an exception with its stack. */
const ENDED = "the request ended";

/** What decides how long a body may take. */
export interface BodyWatch {
  readonly clock: Clock;
  /** Longest wait for a whole request, ms. */
  readonly requestMs: number;
  /** True for requests whose body may take longer, as long as it keeps coming. */
  readonly isUpload: (request: IncomingMessage) => boolean;
}

/** Cuts off callers whose bodies don't come: 408 and the end of the connection. */
export function bodyWatch(answer: RequestListener, { clock, requestMs, isUpload }: BodyWatch): RequestListener {
  return (request, response) => {
    answer(request, response);
    if (request.complete || !hasBody(request)) return;
    const over = new AbortController();
    request.once("close", () => over.abort(ENDED));
    response.once("close", () => over.abort(ENDED));
    void watch();

    async function watch(): Promise<void> {
      for (let before = request.socket.bytesRead; ; before = request.socket.bytesRead) {
        await clock.sleep(requestMs, over.signal);
        if (over.signal.aborted || request.complete) return;
        if (!isUpload(request) || request.socket.bytesRead - before < LEAST_BYTES) return cutOff(request, response);
      }
    }
  };
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
}

function cutOff(request: IncomingMessage, response: ServerResponse): void {
  const { socket } = request;
  if (!response.headersSent) socket.write("HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n");
  socket.destroy();
}
