/** One HTTP request. Bodies are complete; nothing is streamed. */
export interface HttpRequest {
  readonly method: "GET" | "POST";
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** Whole call, connect included, in ms. @default 15000 */
  readonly timeoutMs?: number;
  /** Monotonic ms, compared right before the first byte is written; later: the request is not sent. */
  readonly writeBy?: number;
  /** Largest answer in bytes. @default 10 MiB */
  readonly maxBytes?: number;
  readonly signal?: AbortSignal;
}

/** A whole answer of any status. */
export interface HttpResponse {
  readonly status: number;
  /** Names in lower case; a repeated header is joined by `, `. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/**
 * Sends one request, once: no retries, no redirects.
 *
 * @throws {TransportError} with `written` telling whether a byte of the request may have left
 */
export interface HttpTransport {
  request(request: HttpRequest): Promise<HttpResponse>;
}
