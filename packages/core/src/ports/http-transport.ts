/** One HTTP request. Bodies are complete; nothing is streamed. */
export interface HttpRequest {
  /** What is done. */
  readonly method: "GET" | "POST" | "PUT";
  /** Absolute, with its query. */
  readonly url: string;
  /** Names in any case. @default none */
  readonly headers?: Readonly<Record<string, string>>;
  /** Whole body. @default none */
  readonly body?: string | Uint8Array;
  /** Whole call, connect included, in ms. @default 15000 */
  readonly timeoutMs?: number;
  /** Monotonic ms, compared right before the first byte is written; later: the request is not sent. */
  readonly writeBy?: number;
  /** Largest answer in bytes. @default 10 MiB */
  readonly maxBytes?: number;
  /** Aborting it ends the call. @default nothing does before `timeoutMs` */
  readonly signal?: AbortSignal;
}

/** A whole answer of any status. */
export interface HttpResponse {
  /** 200, 404, 503 … */
  readonly status: number;
  /** Names in lower case; a repeated header is joined by `, `. */
  readonly headers: Readonly<Record<string, string>>;
  /** Whole body; empty when there is none. */
  readonly body: Uint8Array;
}

/**
 * Sends one request, once: no retries, no redirects.
 *
 * @throws {TransportError} with `written` telling whether a byte of the request may have left
 */
export interface HttpTransport {
  /** Answers with whatever the other side said, an error status too. */
  request(request: HttpRequest): Promise<HttpResponse>;
}
